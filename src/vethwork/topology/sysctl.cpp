#include <vethwork/topology/sysctl.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace vethwork::topology {

namespace {

/// Slashes for dots and dots for slashes.
std::string exchanged(std::string text) {
    std::ranges::transform(text, text.begin(), [](char one) {
        return one == '.' ? '/' : one == '/' ? '.' : one;
    });
    return text;
}

}  // namespace

std::string interface_sysctl(Family family, std::string_view link, std::string_view setting) {
    return fmt::format("net.{}.conf.{}.{}", family == Family::ipv4 ? "ipv4" : "ipv6",
                       exchanged(std::string(link)), setting);
}

std::string sysctl_taken_over(std::string_view name, std::string_view link) {
    constexpr std::string_view place = ".conf.default.";
    auto const found = name.find(place);
    if (found == std::string_view::npos) return {};
    return fmt::format("{}.conf.{}.{}", name.substr(0, found), exchanged(std::string(link)),
                       name.substr(found + place.size()));
}

std::string link_of_sysctl(std::string_view name) {
    for (std::string_view const place : {".conf.", ".neigh."}) {
        auto const found = name.find(place);
        auto const last = name.rfind('.');
        if (found == std::string_view::npos || last < found + place.size()) continue;
        auto const begin = found + place.size();
        auto link = exchanged(std::string(name.substr(begin, last - begin)));
        return link == "all" || link == "default" || link == "lo" ? std::string() : link;
    }
    return {};
}

std::string path_of_sysctl(std::string name) { return exchanged(std::move(name)); }

}  // namespace vethwork::topology
