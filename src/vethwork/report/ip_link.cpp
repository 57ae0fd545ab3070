#include <vethwork/report/ip_link.hpp>

#include <linux/if.h>

#include <array>

#include <vethwork/report/hardware_type.hpp>
#include <vethwork/report/link_kinds.hpp>

namespace vethwork::report {

namespace {

using topology::Link;

struct Flag {
    std::uint32_t bit;
    std::string_view word;
};

/// In the order in which they are shown; IFF_RUNNING shows by its absence.
constexpr std::array flag_words = {Flag{IFF_LOOPBACK, "LOOPBACK"},
                                   Flag{IFF_BROADCAST, "BROADCAST"},
                                   Flag{IFF_POINTOPOINT, "POINTOPOINT"},
                                   Flag{IFF_MULTICAST, "MULTICAST"},
                                   Flag{IFF_NOARP, "NOARP"},
                                   Flag{IFF_ALLMULTI, "ALLMULTI"},
                                   Flag{IFF_PROMISC, "PROMISC"},
                                   Flag{IFF_MASTER, "MASTER"},
                                   Flag{IFF_SLAVE, "SLAVE"},
                                   Flag{IFF_DEBUG, "DEBUG"},
                                   Flag{IFF_DYNAMIC, "DYNAMIC"},
                                   Flag{IFF_AUTOMEDIA, "AUTOMEDIA"},
                                   Flag{IFF_PORTSEL, "PORTSEL"},
                                   Flag{IFF_NOTRAILERS, "NOTRAILERS"},
                                   Flag{IFF_UP, "UP"},
                                   Flag{IFF_LOWER_UP, "LOWER_UP"},
                                   Flag{IFF_DORMANT, "DORMANT"},
                                   Flag{IFF_ECHO, "ECHO"}};

/// By IF_OPER_….
constexpr std::array<std::string_view, 7> state_words{"UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN",
                                                      "TESTING", "DORMANT",    "UP"};
constexpr std::uint8_t state_down = 2, state_up = 6;
constexpr std::array<std::string_view, 2> mode_words{"DEFAULT", "DORMANT"};
/// By IN6_ADDR_GEN_MODE_….
constexpr std::array<std::string_view, 4> address_generation_words{"eui64", "none", "stable_secret",
                                                                   "random"};

/// The name with what it stands on behind an @; tells whether that one is there and down.
bool write_name(IpWriter& writer, Link const& link, IpDetails const& details, std::string_view format) {
    std::string name = link.name;
    bool lower_is_down = false;
    if (link.lower) {
        std::string lower;
        auto const index = link.lower->index;
        if (index == 0) {
            writer.json_null("link");
            lower = "NONE";
        } else if (link.lower_nsid) {
            writer.json("link_index", index);
            lower = fmt::format("if{}", index);
        } else {
            lower = details.link_name(index);
            writer.json("link", lower);
            lower_is_down = !(details.link_flags(index) & IFF_UP);
        }
        if (!writer.is_json()) name += "@" + lower;
    }
    writer.field("ifname", format, name, Ink::link_name);
    return lower_is_down;
}

void write_flags(IpWriter& writer, std::uint32_t flags, bool lower_is_down) {
    writer.begin_list("flags");
    writer.text("<");
    auto const word = [&writer](std::string_view text, bool more) {
        writer.json({}, text);
        writer.text(text);
        if (more) writer.text(",");
    };
    if ((flags & IFF_UP) && !(flags & IFF_RUNNING)) word("NO-CARRIER", true);
    flags &= ~static_cast<std::uint32_t>(IFF_RUNNING);
    for (auto const& flag : flag_words) {
        if (!(flags & flag.bit)) continue;
        flags &= ~flag.bit;
        word(flag.word, flags != 0);
    }
    if (flags) word(fmt::format("{:x}", flags), false);
    if (lower_is_down) {
        writer.text(",");
        word("M-DOWN", false);
    }
    writer.text("> ");
    writer.end_list();
}

void write_state(IpWriter& writer, std::uint8_t state, std::string_view before, std::string_view format) {
    if (state >= state_words.size()) {
        writer.json("operstate_index", state);
        writer.text(fmt::format("state {:#x}", state));
        return;
    }
    auto const ink = state == state_up ? Ink::up : state == state_down ? Ink::down : Ink::none;
    writer.text(before);
    writer.field("operstate", format, state_words[state], ink);
}

void write_mode(IpWriter& writer, std::uint8_t mode) {
    if (mode < mode_words.size())
        writer.field("linkmode", "mode {} ", mode_words[mode]);
    else
        writer.field("linkmode_index", "mode {} ", mode);
}

void write_first_line(IpWriter& writer, Link const& link, IpDetails const& details, LinkView view) {
    writer.field("ifindex", "{}: ", link.index);
    bool const lower_is_down = write_name(writer, link, details, "{}: ");
    write_flags(writer, link.flags, lower_is_down);
    if (link.mtu) writer.field("mtu", "mtu {} ", *link.mtu);
    if (link.queueing_discipline) writer.field("qdisc", "qdisc {} ", *link.queueing_discipline);
    if (link.master) writer.field("master", "master {} ", details.link_name(link.master->index));
    if (link.operational_state) write_state(writer, *link.operational_state, "state ", "{} ");
    if (view == LinkView::link && link.link_mode) write_mode(writer, *link.link_mode);
    if (link.group) writer.field("group", "group {} ", details.group_name(*link.group));
    if (link.transmit_queue_length.value_or(0))
        writer.field("txqlen", "qlen {}", static_cast<std::int32_t>(*link.transmit_queue_length));
}

void write_addresses(IpWriter& writer, Link const& link) {
    auto const type = link.hardware_type;
    writer.end_line();
    writer.field("link_type", "    link/{} ", hardware_type_name(type));
    if (link.address)
        writer.field("address", "{}", hardware_address_text(*link.address, type), Ink::link_address);
    if (link.broadcast) {
        bool const to_one = (link.flags & IFF_POINTOPOINT) != 0;
        writer.text(to_one ? " peer " : " brd ");
        if (to_one) writer.json("link_pointtopoint", true);
        writer.field("broadcast", "{}", hardware_address_text(*link.broadcast, type), Ink::link_address);
    }
    if (link.permanent_address && link.permanent_address != link.address) {
        writer.text(" permaddr ");
        writer.field("permaddr", "{}", hardware_address_text(*link.permanent_address, type),
                     Ink::link_address);
    }
}

void write_namespace(IpWriter& writer, std::string_view key, int id, IpDetails const& details) {
    if (writer.is_json()) return;
    auto const name = id < 0 ? std::string() : details.namespace_name(id);
    if (!name.empty())
        writer.text(fmt::format(" {} {}", key, name));
    else
        writer.text(fmt::format(" {}id {}", key, id < 0 ? "unknown" : std::to_string(id)));
}

void write_down_reasons(IpWriter& writer, std::uint32_t reasons) {
    if (!reasons) return;
    writer.begin_list("proto_down_reason");
    writer.text("protodown_reason <");
    bool first = true;
    for (int place = 0; reasons >> place; ++place) {
        if (!(reasons >> place & 1)) continue;
        auto const word = std::to_string(place);
        writer.json({}, word);
        if (!std::exchange(first, false)) writer.text(",");
        writer.text(word);
    }
    writer.text(">");
    writer.end_list();
}

void write_protocol_down(IpWriter& writer, Link const& link) {
    if (!link.protocol_down) return;
    if (*link.protocol_down) writer.mark("proto_down", " protodown on ");
    write_down_reasons(writer, link.protocol_down_reasons.value_or(0));
}

void write_address_generation(IpWriter& writer, std::uint8_t mode) {
    if (mode < address_generation_words.size())
        writer.field("inet6_addr_gen_mode", "addrgenmode {} ", address_generation_words[mode]);
    else
        writer.field("inet6_addr_gen_mode", "addrgenmode {} ", fmt::format("{:#02x}", mode));
}

std::string hexadecimal(std::vector<std::uint8_t> const& bytes) {
    std::string text;
    for (auto const byte : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
    return text;
}

void write_details(IpWriter& writer, Link const& link, IpDetails const& details, LinkView view) {
    auto const field = [&writer](std::string_view key, std::string_view format, auto const& value) {
        if (value) writer.field(key, format, *value);
    };
    field("promiscuity", " promiscuity {} ", link.promiscuity);
    field("allmulti", " allmulti {} ", link.all_multicast);
    field("min_mtu", "minmtu {} ", link.min_mtu);
    field("max_mtu", "maxmtu {} ", link.max_mtu);
    if (!link.kind_name.empty() || !link.port_kind_name.empty()) write_link_kind(writer, link, details);
    if (view == LinkView::link && link.address_generation_mode)
        write_address_generation(writer, *link.address_generation_mode);
    field("num_tx_queues", "numtxqueues {} ", link.transmit_queues);
    field("num_rx_queues", "numrxqueues {} ", link.receive_queues);
    field("gso_max_size", "gso_max_size {} ", link.gso_max_size);
    field("gso_max_segs", "gso_max_segs {} ", link.gso_max_segments);
    field("tso_max_size", "tso_max_size {} ", link.tso_max_size);
    field("tso_max_segs", "tso_max_segs {} ", link.tso_max_segments);
    field("gro_max_size", "gro_max_size {} ", link.gro_max_size);
    field("phys_port_name", "portname {} ", link.physical_port_name);
    if (link.physical_port_id)
        writer.field("phys_port_id", "portid {} ", hexadecimal(*link.physical_port_id));
    if (link.physical_switch_id)
        writer.field("phys_switch_id", "switchid {} ", hexadecimal(*link.physical_switch_id));
    field("parentbus", "parentbus {} ", link.parent_bus);
    field("parentdev", "parentdev {} ", link.parent_device);
}

void write_alternative_names(IpWriter& writer, Link const& link) {
    if (link.alternative_names.empty()) return;
    writer.begin_list("altnames");
    for (auto const& name : link.alternative_names) {
        writer.end_line();
        writer.field({}, "    altname {}", name);
    }
    writer.end_list();
}

void write_brief(IpWriter& writer, Link const& link, IpDetails const& details, LinkView view) {
    bool const lower_is_down = write_name(writer, link, details, "{:<16} ");
    if (link.operational_state) write_state(writer, *link.operational_state, {}, "{:<14} ");
    if (view != LinkView::link) return;
    if (link.address)
        writer.field("address", "{} ", hardware_address_text(*link.address, link.hardware_type),
                     Ink::link_address);
    write_flags(writer, link.flags, lower_is_down);
    writer.text("\n");
}

}  // namespace

void write_link(IpWriter& writer, Link const& link, IpDetails const& details, LinkView view) {
    if (details.brief) return write_brief(writer, link, details, view);
    write_first_line(writer, link, details, view);
    if (view != LinkView::address_family || details.details) write_addresses(writer, link);
    if (link.lower_nsid) {
        writer.json("link_netnsid", *link.lower_nsid);
        write_namespace(writer, "link-netns", *link.lower_nsid, details);
    }
    if (link.new_nsid) write_namespace(writer, "new-netns", *link.new_nsid, details);
    if (link.new_index) writer.text(fmt::format(" new-ifindex {}", *link.new_index));
    write_protocol_down(writer, link);
    if (details.details) write_details(writer, link, details, view);
    if ((view == LinkView::link || details.details) && link.alias) {
        writer.end_line();
        writer.field("ifalias", "    alias {}", *link.alias);
    }
    if (view == LinkView::link && details.statistics > 0 && link.statistics) {
        writer.end_line();
        write_link_statistics(writer, link, details);
    }
    write_alternative_names(writer, link);
    writer.text("\n");
}

void write_links(IpWriter& writer, std::span<Link const> links, IpDetails const& details,
                 std::function<bool(Link const&)> const& shown) {
    writer.begin_list();
    for (auto const& link : links) write_listed_link(writer, link, details, shown);
    writer.end_list();
}

void write_listed_link(IpWriter& writer, Link const& link, IpDetails const& details,
                       std::function<bool(Link const&)> const& shown) {
    writer.begin_object();
    if (!shown || shown(link)) write_link(writer, link, details, LinkView::link);
    writer.end_object();
}

}  // namespace vethwork::report
