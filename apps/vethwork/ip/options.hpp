// The options of `ip` before its object. Source: ip(8).
#pragma once

#include <optional>
#include <string>

#include <vethwork/base/ip.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/plan/words.hpp>

namespace vethwork::app {

struct IpOptions {
    std::optional<Family> family;  ///< -4 -6
    bool link_family = false;      ///< -0, -family link
    bool json = false, pretty = false, brief = false, details = false, one_line = false, resolve = false;
    bool numeric = false, human = false, iec = false, all = false, force = false, coloured = false,
         timestamp = false, short_timestamp = false, show_help = false, show_version = false;
    int statistics = 0;
    int loops = 10;
    std::optional<std::string> netns, batch_file;
};

/// Takes the options in front of the object from `words`.
[[nodiscard]] Result<IpOptions> parse_ip_options(plan::WordReader& words);

}  // namespace vethwork::app
