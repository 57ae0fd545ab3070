#include <vethwork/report/ip_neighbour.hpp>

#include <linux/neighbour.h>

#include <vethwork/report/hardware_type.hpp>

namespace vethwork::report {

namespace {

using topology::Neighbour;

struct Word {
    std::uint32_t bit;
    std::string_view text;
};

constexpr Word state_words[] = {
    {NUD_INCOMPLETE, "INCOMPLETE"}, {NUD_REACHABLE, "REACHABLE"}, {NUD_STALE, "STALE"},
    {NUD_DELAY, "DELAY"},           {NUD_PROBE, "PROBE"},         {NUD_FAILED, "FAILED"},
    {NUD_NOARP, "NOARP"},           {NUD_PERMANENT, "PERMANENT"},
};

constexpr std::uint32_t ticks = 100;  ///< a second (USER_HZ)

/// Address, link and link-layer address, each in a column of its own with -br.
void write_places(IpWriter& writer, Neighbour const& neighbour, IpDetails const& details) {
    bool const brief = details.brief;
    if (auto const& address = neighbour.address)
        writer.field("dst", brief ? "{:<39} " : "{} ",
                     details.host_name ? details.host_name(*address) : address->to_string(),
                     address->family == Family::ipv4 ? Ink::ipv4 : Ink::ipv6);
    if (!details.filtered && neighbour.link.index != 0) {
        if (!brief) writer.text("dev ");
        writer.field("dev", brief ? "{:<16} " : "{} ", details.link_name(neighbour.link.index),
                     Ink::link_name);
    }
    if (!neighbour.link_address) return;
    if (!brief) writer.text("lladdr ");
    writer.field("lladdr", brief ? "{}" : "{} ",
                 hardware_address_text(*neighbour.link_address, details.link_type(neighbour.link.index)),
                 Ink::link_address);
}

/// A flag is null in JSON: its presence says all.
void write_flag(IpWriter& writer, bool set, std::string_view word) {
    if (!set) return;
    writer.json_null(word);
    writer.text(word);
    writer.text(" ");
}

void write_flags(IpWriter& writer, Neighbour const& neighbour) {
    auto const extended = neighbour.extended_flags.value_or(0);
    write_flag(writer, neighbour.flags & NTF_ROUTER, "router");
    write_flag(writer, neighbour.flags & NTF_PROXY, "proxy");
    write_flag(writer, extended & NTF_EXT_MANAGED, "managed");
    write_flag(writer, neighbour.flags & NTF_EXT_LEARNED, "extern_learn");
    write_flag(writer, neighbour.flags & NTF_OFFLOADED, "offload");
}

void write_statistics(IpWriter& writer, Neighbour const& neighbour) {
    if (auto const& times = neighbour.times) {
        if (times->references != 0) writer.field("refcnt", " ref {}", times->references);
        writer.field("used", " used {}", times->used / ticks);
        writer.field("confirmed", "/{}", times->confirmed / ticks);
        writer.field("updated", "/{}", times->updated / ticks);
    }
    if (neighbour.probes) writer.field("probes", "probes {} ", *neighbour.probes);
}

void write_state(IpWriter& writer, std::uint16_t state) {
    if (state == 0) return;
    writer.begin_list("state");
    for (auto const& word : state_words)
        if (state & word.bit) writer.field({}, "{} ", word.text);
    writer.end_list();
}

}  // namespace

void write_neighbour(IpWriter& writer, Neighbour const& neighbour, IpDetails const& details) {
    writer.begin_object();
    write_places(writer, neighbour, details);
    if (!details.brief) {
        write_flags(writer, neighbour);
        if (details.statistics > 0) write_statistics(writer, neighbour);
        write_state(writer, neighbour.state);
        if (neighbour.protocol.value_or(0) != 0)
            writer.field("protocol", "proto {} ",
                         details.name(topology::NameKind::route_protocol, *neighbour.protocol));
    }
    writer.text("\n");
    writer.end_object();
}

void write_neighbours(IpWriter& writer, std::span<Neighbour const> neighbours, IpDetails const& details) {
    writer.begin_list();
    for (auto const& neighbour : neighbours) write_neighbour(writer, neighbour, details);
    writer.end_list();
}

}  // namespace vethwork::report
