// A verb of the program: a name, one line of help, and a function. Each verb is a file, cmd_<verb>.cpp.
#pragma once

#include <span>
#include <string_view>

namespace vethwork::app {

/// The words behind the verb; they live as long as the program.
using Words = std::span<char const* const>;

struct Verb {
    std::string_view name;
    std::string_view arguments;  ///< as usage shows them: "[OPTIONS] OBJECT COMMAND"
    std::string_view summary;    ///< one line
    int (*run)(Words words);     ///< returns the exit status
};

}  // namespace vethwork::app
