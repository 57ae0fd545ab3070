// The program that is tested: VETHWORK_PROGRAM, by which the target of each cli test names it.
#pragma once

#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/command.hpp"

namespace vethwork::test {

inline std::string const program = VETHWORK_PROGRAM;

/// Runs it with `words` and with `input` on its standard input.
[[nodiscard]] inline Outcome vethwork(std::vector<std::string> words, std::string_view input = {}) {
    words.insert(words.begin(), program);
    return run(words, input);
}

/// Its path where it is called as iproute2's `ip`.
[[nodiscard]] inline std::string as_ip() {
    std::string const link = "/run/ip";
    (void)::symlink(program.c_str(), link.c_str());
    return link;
}

}  // namespace vethwork::test
