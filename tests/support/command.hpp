// Running programs in tests: ours (VETHWORK_PROGRAM) and the real tools as witnesses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vethwork::test {

struct Outcome {
    int status = -1;  ///< exit status, or 128 + signal
    std::string out;
    std::string err;
};

/// Runs `words` (found along PATH) with `input` on stdin, to its end.
[[nodiscard]] Outcome run(std::vector<std::string> const& words, std::string_view input = {});
/// Programs look for no leaks from here on: in a process space of its own, as a rootless lab has one, the
/// sanitizer does not find its own threads and gives up.
void look_for_no_leaks();
/// Runs a line by /bin/sh.
[[nodiscard]] Outcome shell(std::string const& line);
/// Whether a program is there along PATH, /usr/sbin and /sbin.
[[nodiscard]] bool has_program(std::string const& name);

}  // namespace vethwork::test
