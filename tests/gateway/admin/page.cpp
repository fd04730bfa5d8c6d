// SPDX-License-Identifier: Apache-2.0
#include "gateway/admin/page.hpp"

#include <boost/test/unit_test.hpp>

namespace {

std::size_t count(std::string_view text, std::string_view piece) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(piece, at)) != std::string_view::npos;
       at += piece.size())
    ++n;
  return n;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)
BOOST_AUTO_TEST_SUITE(admin)
BOOST_AUTO_TEST_SUITE(page)

BOOST_AUTO_TEST_CASE(style_and_script_are_in_it_and_nothing_else_is_allowed) {
  const auto made =
      ::gateway::admin::make_page("<style></style><p>x<script></script>", "a{}", "1;");
  BOOST_TEST(made.html == "<style>a{}</style><p>x<script>1;</script>");
  // printf 'a{}' | openssl dgst -sha256 -binary | base64, and the same of '1;'
  BOOST_TEST(
      made.policy ==
      "default-src 'none'; "
      "style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='; "
      "script-src 'sha256-CImjRDTlhukYQ2AnxOi0wzgPhGQ3Mb3rVwJK24dFz1M='; connect-src 'self'; "
      "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
}

BOOST_AUTO_TEST_CASE(the_page_is_whole_and_asks_nobody_else) {
  const auto& page = ::gateway::admin::status_page();
  BOOST_TEST(page.html.starts_with("<!doctype html>\n"));
  BOOST_TEST(page.html.ends_with("</html>\n"));
  BOOST_TEST(count(page.html, "<script") == 1U);
  BOOST_TEST(count(page.html, "<style") == 1U);
  for (const char* elsewhere : {"http://", "https://", "//cdn", "url(", "@import", " src="})
    BOOST_TEST(count(page.html, elsewhere) == 0U, elsewhere);
  // What the policy would not run anyway, and what would make markup of a client's word.
  for (const char* unsafe : {"onclick=", "onload=", "style=\"", "innerHTML", "outerHTML",
                             "insertAdjacentHTML", "document.write", "eval("})
    BOOST_TEST(count(page.html, unsafe) == 0U, unsafe);
  BOOST_TEST(&::gateway::admin::status_page() == &page);
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()
