// SPDX-License-Identifier: Apache-2.0
// Beast's function bodies, compiled here and nowhere else (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
