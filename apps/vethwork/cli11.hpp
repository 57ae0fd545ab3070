#pragma once

// CLI11 names std::cout and std::cerr in places that are never reached here, and for that <iostream> would
// set up eight streams and their locales at every start, which touched 12 of the 94 pages that `vethwork ip
// -V` needed. So the library's header sees the streams declared, and nothing is set up.

#include <istream>
#include <ostream>

#ifdef __GLIBCXX__
#define _GLIBCXX_IOSTREAM 1  // the guard of libstdc++'s <iostream>
namespace std {
extern istream cin;
extern ostream cout;
extern ostream cerr;
extern ostream clog;
}  // namespace std
#endif

#include <CLI/CLI.hpp>
