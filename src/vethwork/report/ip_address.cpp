#include <vethwork/report/ip_address.hpp>

#include <linux/if_addr.h>

#include <vethwork/plan/address_operation.hpp>

namespace vethwork::report {

namespace {

using topology::InterfaceAddress;

Ink ink_of(IpAddress const& address) { return address.family == Family::ipv4 ? Ink::ipv4 : Ink::ipv6; }

void write_host(IpWriter& writer, std::string_view key, std::string_view format, IpAddress const& address,
                IpDetails const& details) {
    writer.field(key, format, details.host_name ? details.host_name(address) : address.to_string(),
                 ink_of(address));
}

void write_link_of(IpWriter& writer, InterfaceAddress const& address, IpDetails const& details) {
    auto const name = details.link_name(address.link.index);
    writer.json("index", address.link.index);
    writer.json("dev", name);
    if (!writer.is_json()) writer.text(fmt::format("{}: {}", address.link.index, name));
}

void write_prefix(IpWriter& writer, InterfaceAddress const& address, IpDetails const& details) {
    if (!address.local) return;
    write_host(writer, "local", "{}", *address.local, details);
    if (address.peer) {
        writer.text(" peer ");
        write_host(writer, "address", "{}", *address.peer, details);
    }
    writer.field("prefixlen", "/{} ", address.prefix_length);
    if (address.metric) writer.field("metric", "metric {} ", *address.metric);
}

void write_flag(IpWriter& writer, std::string_view word) {
    writer.json(word, true);
    if (writer.is_json()) return;
    writer.text(word);
    writer.text(" ");
}

/// The words of the flags that are set; `permanent` is told by the absence of `dynamic`.
void write_flags(IpWriter& writer, InterfaceAddress const& address) {
    auto flags = address.flags;
    bool const is_ipv6 = address.family == Family::ipv6;
    for (auto const& flag : plan::address_flags()) {
        bool const set = (flags & flag.mask) != 0;
        if (flag.mask == IFA_F_PERMANENT) {
            if (!set) write_flag(writer, "dynamic");
        } else if (set) {
            write_flag(writer, flag.mask == IFA_F_TEMPORARY && is_ipv6 ? "temporary" : flag.name);
        }
        flags &= ~flag.mask;
    }
    if (flags == 0) return;
    writer.field("ifa_flags", writer.is_json() ? "{}" : "flags {} ", fmt::format("{:02x}", flags));
}

void write_lifetime(IpWriter& writer, std::string_view key, std::string_view words, std::uint32_t seconds) {
    writer.text(words);
    if (seconds == topology::forever) {
        writer.json(key, seconds);
        writer.text("forever");
    } else {
        writer.field(key, "{}sec", seconds);
    }
}

void write_lifetimes(IpWriter& writer, InterfaceAddress const& address) {
    writer.end_line();
    write_lifetime(writer, "valid_life_time", "       valid_lft ", address.lifetimes->valid);
    auto const preferred = address.lifetimes->preferred;
    if (address.flags & IFA_F_DEPRECATED && preferred != topology::forever) {
        writer.text(" preferred_lft ");
        writer.field("preferred_life_time", "{}sec", static_cast<std::int32_t>(preferred));
    } else {
        write_lifetime(writer, "preferred_life_time", " preferred_lft ", preferred);
    }
}

}  // namespace

void write_address(IpWriter& writer, InterfaceAddress const& address, IpDetails const& details,
                   AddressPlace place) {
    if (details.brief) return write_prefix(writer, address, details);
    if (place == AddressPlace::alone) write_link_of(writer, address, details);
    writer.field("family", "    {} ", address.family == Family::ipv4 ? "inet" : "inet6");
    write_prefix(writer, address, details);
    if (address.broadcast) {
        writer.text("brd ");
        write_host(writer, "broadcast", "{} ", *address.broadcast, details);
    }
    if (address.anycast) {
        writer.text("any ");
        write_host(writer, "anycast", "{} ", *address.anycast, details);
    }
    writer.field("scope", "scope {} ", details.name(topology::NameKind::scope, address.scope.value_or(0)));
    write_flags(writer, address);
    if (address.label) writer.field("label", "{}", *address.label);
    if (address.lifetimes) write_lifetimes(writer, address);
    writer.text("\n");
}

}  // namespace vethwork::report
