# SPDX-License-Identifier: Apache-2.0
# Run by cmake --install: the unit with the paths of this installation, and a configuration where there is none.
function(full out path)
  if(IS_ABSOLUTE ${path})
    set(${out} ${path} PARENT_SCOPE)
  else()
    set(${out} ${CMAKE_INSTALL_PREFIX}/${path} PARENT_SCOPE)
  endif()
endfunction()

# As GNUInstallDirs has it for /usr; who installs into /usr/local looks there, too.
if(CMAKE_INSTALL_SYSCONFDIR STREQUAL etc AND CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/?$")
  set(CMAKE_INSTALL_SYSCONFDIR /etc)
endif()
full(COUNTERSIGN_BINDIR ${CMAKE_INSTALL_BINDIR})
full(COUNTERSIGN_CONFDIR ${CMAKE_INSTALL_SYSCONFDIR}/countersign)
full(COUNTERSIGN_DOCDIR ${CMAKE_INSTALL_DOCDIR})

set(unit ${CMAKE_INSTALL_PREFIX}/lib/systemd/system/countersign.service)
message(STATUS "Installing: $ENV{DESTDIR}${unit}")
configure_file(${PROJECT_SOURCE_DIR}/conf/systemd/countersign.service.in $ENV{DESTDIR}${unit} @ONLY)
list(APPEND CMAKE_INSTALL_MANIFEST_FILES ${unit})

set(configuration ${COUNTERSIGN_CONFDIR}/gateway.yaml)
if(EXISTS $ENV{DESTDIR}${configuration})
  message(STATUS "Left as it is: $ENV{DESTDIR}${configuration}")
else()
  file(INSTALL ${PROJECT_SOURCE_DIR}/conf/systemd/gateway.yaml DESTINATION ${COUNTERSIGN_CONFDIR})
endif()
