# SPDX-License-Identifier: Apache-2.0
# cmake --install: the binary, the service, its account, a configuration where there is none, documents.
# GNUInstallDirs says where; DESTDIR and --prefix are heeded.
include(GNUInstallDirs)

install(TARGETS countersign RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES conf/README.md conf/gateway.yaml conf/minimal.yaml conf/laravel.yaml conf/rfc9421.yaml conf/webhooks.yaml
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/conf)
install(FILES conf/prometheus/alerts.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/conf/prometheus)
# Beside the prefix, where systemd looks for either.
install(FILES conf/systemd/countersign.socket DESTINATION lib/systemd/system)
install(FILES conf/systemd/sysusers.conf DESTINATION lib/sysusers.d RENAME countersign.conf)

# The rest needs the prefix, which is settled when it is installed.
foreach(variable PROJECT_SOURCE_DIR CMAKE_INSTALL_BINDIR CMAKE_INSTALL_SYSCONFDIR CMAKE_INSTALL_DOCDIR)
  install(CODE "set(${variable} [[${${variable}}]])")
endforeach()
install(SCRIPT conf/install_service.cmake)
