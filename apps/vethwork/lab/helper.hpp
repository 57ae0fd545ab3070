// This program, run again with a verb about a lab, and other programs in a lab's nodes; with what they wrote.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>

#include "lab/context.hpp"

namespace vethwork::app {

struct Ran {
    int status = 0;   ///< as a shell tells it; 125: it could not be started
    std::string out;  ///< and what it complained of
};

class Helper {
public:
    Helper(std::string lab, LabOptions const& options);

    /// This program's path.
    [[nodiscard]] std::string const& program() const { return program_; }
    [[nodiscard]] Ran verb(std::vector<std::string> words) const;
    [[nodiscard]] Ran in_node(std::string const& node, std::vector<std::string> const& argv,
                              std::string const& input = {}) const;

    /// A program that runs.
    struct Started {
        pid_t child = -1;
        Fd output;
    };
    [[nodiscard]] Started start_in_node(std::string const& node, std::vector<std::string> const& argv,
                                        std::string const& input = {}) const;
    [[nodiscard]] static Ran finish(Started const& started);

private:
    [[nodiscard]] std::vector<std::string> words_of(std::vector<std::string> words) const;

    std::string program_, lab_;
    bool rootless_;
};

}  // namespace vethwork::app
