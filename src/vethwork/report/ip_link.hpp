// Links as `ip link` shows them.
#pragma once

#include <functional>
#include <span>
#include <string>

#include <vethwork/base/ip.hpp>
#include <vethwork/report/ip_writer.hpp>
#include <vethwork/topology/link.hpp>
#include <vethwork/topology/names.hpp>

namespace vethwork::report {

/// What a printer of links wants to know from outside; every report of `ip` takes these.
struct IpDetails {
    bool brief = false;     ///< -br
    bool details = false;   ///< -d
    int statistics = 0;     ///< how often -s was given
    bool numeric = false;   ///< -N
    bool human = false;     ///< -h
    bool iec = false;       ///< -iec
    bool filtered = false;  ///< names of things that a filter names are left out
    std::function<std::string(std::uint32_t index)> link_name;       ///< of a link by index
    std::function<std::uint32_t(std::uint32_t index)> link_flags;    ///< IFF_… of a link by index
    std::function<std::uint16_t(std::uint32_t index)> link_type;     ///< ARPHRD_… of a link by index
    std::function<std::string(IpAddress const& address)> host_name;  ///< with -r; may be absent
    std::function<std::string(int nsid)> namespace_name;             ///< of a namespace by id; empty: unknown
    std::function<std::string(std::uint32_t group)> group_name;      ///< of a link group
    std::function<std::string(std::uint32_t id)> user_name, user_group_name;  ///< of people; empty: unknown
    /// The name of a table, protocol, scope, …, or its number in the kind's own writing; heeds `numeric`.
    std::function<std::string(topology::NameKind kind, std::uint32_t number)> name;
};

/// As part of what a link is shown.
enum class LinkView {
    link,            ///< ip link: all of it
    address,         ///< ip address: without mode, alias and statistics unless details are wanted
    address_family,  ///< ip -4 address: also without the link-layer address
};

/// Links that stand for themselves, in a list. One that a filter has rejected leaves an empty object in JSON;
/// `shown` says which are to be seen (nothing: all).
void write_links(IpWriter& writer, std::span<topology::Link const> links, IpDetails const& details,
                 std::function<bool(topology::Link const&)> const& shown = {});
/// One of them, inside a list of the caller's.
void write_listed_link(IpWriter& writer, topology::Link const& link, IpDetails const& details,
                       std::function<bool(topology::Link const&)> const& shown = {});
/// One link inside an object of the caller's.
void write_link(IpWriter& writer, topology::Link const& link, IpDetails const& details, LinkView view);
/// The counters of a link (-s), where it has them; without the end of the last line.
void write_link_statistics(IpWriter& writer, topology::Link const& link, IpDetails const& details);

}  // namespace vethwork::report
