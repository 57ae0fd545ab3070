// The options of `ip` before its object. Source: ip(8).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/plan/words.hpp>

namespace vethwork::app {

struct IpOptions {
    std::optional<Family> family;                                          ///< -4 -6
    bool link_family = false, bridge_family = false, mpls_family = false;  ///< -0 -B -M
    bool json = false, pretty = false, brief = false, details = false, one_line = false, resolve = false;
    bool numeric = false, human = false, iec = false, all = false, force = false, coloured = false,
         timestamp = false, short_timestamp = false, show_help = false, show_version = false;
    int statistics = 0;
    int loops = 10;
    std::optional<std::string> netns, batch_file;
};

/// Called with the name behind each -netns when it is read: a namespace that cannot be entered is complained
/// of before what follows.
using EnterNamespace = std::function<Result<>(std::string const& name)>;

/// Takes the options in front of the object from `words`; stops behind one that asks for help or the version.
[[nodiscard]] Result<IpOptions> parse_ip_options(plan::WordReader& words, EnterNamespace const& enter);

}  // namespace vethwork::app
