#include <vethwork/observe/traffic_filters.hpp>

#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_mirred.h>

#include <vethwork/netlink/codec.hpp>
#include <vethwork/netlink/qdisc.hpp>

namespace vethwork::observe {

namespace {

using netlink::AttributeReader;
using netlink::HostOrder;
using netlink::make_table;
using netlink::read_beginning;
using netlink::Row;

/// Where the actions lie among the options of a kind; no action has number 0.
struct KindRow {
    std::string_view kind;
    std::uint16_t actions;
};

constexpr KindRow kinds[] = {
    {"u32", TCA_U32_ACT},       {"flower", TCA_FLOWER_ACT}, {"matchall", TCA_MATCHALL_ACT},
    {"bpf", TCA_BPF_ACT},       {"fw", TCA_FW_ACT},         {"basic", TCA_BASIC_ACT},
    {"cgroup", TCA_CGROUP_ACT}, {"route", TCA_ROUTE4_ACT},  {"flow", TCA_FLOW_ACT},
};

std::uint16_t place_of_actions(std::string_view kind) {
    for (auto const& row : kinds)
        if (row.kind == kind) return row.actions;
    return 0;
}

bool read_mirror(FilterAction& action, Bytes bytes) {
    tc_mirred told{};
    if (!read_beginning(bytes, told)) return false;
    bool const redirects = told.eaction == TCA_EGRESS_REDIR || told.eaction == TCA_INGRESS_REDIR;
    bool const sends = told.eaction == TCA_EGRESS_REDIR || told.eaction == TCA_EGRESS_MIRROR;
    action.verdict = told.action;
    action.mirror = {redirects ? FilterMirror::Way::redirect : FilterMirror::Way::mirror,
                     sends ? FilterMirror::Side::egress : FilterMirror::Side::ingress, told.ifindex};
    return true;
}

/// The bucket's size is a time at its rate.
bool read_police(FilterAction& action, Bytes bytes) {
    tc_police told{};
    if (!read_beginning(bytes, told)) return false;
    action.verdict = told.action;
    action.police = {netlink::bytes_per_second(told.rate.rate),
                     netlink::bucket_size(told.burst, told.rate.rate), told.mtu};
    return true;
}

/// The settings of most actions begin alike (tc_gen), under the number 2.
bool read_generic(FilterAction& action, Bytes bytes) {
    tc_gact told{};
    if (read_beginning(bytes, told)) action.verdict = told.action;
    return true;
}

bool read_settings(FilterAction& action, Bytes bytes) {
    AttributeReader settings(bytes);
    while (auto const one = settings.next()) {
        bool right = true;
        if (action.kind == "police") {
            if (one->type == TCA_POLICE_TBF) right = read_police(action, one->payload);
        } else if (action.kind == "mirred") {
            if (one->type == TCA_MIRRED_PARMS) right = read_mirror(action, one->payload);
        } else if (one->type == TCA_GACT_PARMS) {
            right = read_generic(action, one->payload);
        }
        if (!right) return false;
    }
    return !settings.failed();
}

struct ActionParts {
    FilterAction action;
    Bytes settings;
};

constexpr auto action_fields = make_table<ActionParts>(
    Row<ActionParts>{
        TCA_ACT_KIND, "TCA_ACT_KIND", nullptr,
        [](ActionParts& parts, Bytes bytes) { return HostOrder::read(bytes, parts.action.kind); }},
    Row<ActionParts>{TCA_ACT_OPTIONS, "TCA_ACT_OPTIONS", nullptr,
                     [](ActionParts& parts, Bytes bytes) {
                         parts.settings = bytes;
                         return true;
                     }},
    Row<ActionParts>{TCA_ACT_STATS, "TCA_ACT_STATS", nullptr, [](ActionParts& parts, Bytes bytes) {
                         parts.action.statistics = netlink::read_queue_statistics(bytes);
                         return parts.action.statistics.has_value();
                     }});

bool read_actions(TrafficFilter& filter, Bytes bytes) {
    AttributeReader actions(bytes);
    while (auto const one = actions.next()) {
        ActionParts parts;
        if (action_fields.read(one->payload, parts, "an action")) return false;
        if (!read_settings(parts.action, parts.settings)) return false;
        filter.actions.push_back(std::move(parts.action));
    }
    return !actions.failed();
}

bool read_bpf(TrafficFilter& filter, netlink::Attribute const& one) {
    std::uint32_t number = 0;
    if (one.type != TCA_BPF_ID && one.type != TCA_BPF_FLAGS) return true;
    if (!HostOrder::read(one.payload, number)) return false;
    if (one.type == TCA_BPF_ID) filter.bpf_program = number;
    if (one.type == TCA_BPF_FLAGS) filter.bpf_decides = (number & TCA_BPF_FLAG_ACT_DIRECT) != 0;
    return true;
}

bool read_options(TrafficFilter& filter, Bytes bytes) {
    auto const place = place_of_actions(filter.kind);
    AttributeReader options(bytes);
    while (auto const one = options.next()) {
        if (place != 0 && one->type == place && !read_actions(filter, one->payload)) return false;
        if (filter.kind == "bpf" && !read_bpf(filter, *one)) return false;
    }
    return !options.failed();
}

struct FilterParts {
    TrafficFilter filter;
    std::optional<Bytes> options;
};

constexpr auto filter_fields = make_table<FilterParts>(
    Row<FilterParts>{
        TCA_KIND, "TCA_KIND", nullptr,
        [](FilterParts& parts, Bytes bytes) { return HostOrder::read(bytes, parts.filter.kind); }},
    Row<FilterParts>{
        TCA_CHAIN, "TCA_CHAIN", nullptr,
        [](FilterParts& parts, Bytes bytes) { return HostOrder::read(bytes, parts.filter.chain); }},
    Row<FilterParts>{TCA_OPTIONS, "TCA_OPTIONS", nullptr, [](FilterParts& parts, Bytes bytes) {
                         parts.options = bytes;
                         return true;
                     }});

Result<> list_filters(netlink::Connection& connection, std::uint32_t link, std::uint32_t parent,
                      std::vector<TrafficFilter>& all) {
    netlink::MessageWriter message(RTM_GETTFILTER, 0, "list traffic filters");
    message.fixed(tcmsg{.tcm_ifindex = static_cast<int>(link), .tcm_parent = parent});
    (void)TRY(connection.dump(std::move(message), [&all](netlink::Message const& part) -> Result<> {
        if (part.header.nlmsg_type != RTM_NEWTFILTER) return {};
        if (auto filter = TRY(read_traffic_filter(part))) all.push_back(*std::move(filter));
        return {};
    }));
    return {};
}

/// Where a discipline has filters.
std::vector<std::uint32_t> parents_of(topology::Qdisc const& qdisc) {
    if (qdisc.kind == "clsact") return {filters_ingress, filters_egress};
    if (qdisc.kind == "ingress") return {filters_ingress};
    bool const takes_filters = qdisc.handle != 0 && std::holds_alternative<std::monostate>(qdisc.options);
    return takes_filters ? std::vector{qdisc.handle} : std::vector<std::uint32_t>{};
}

}  // namespace

bool FilterAction::drops() const { return verdict == TC_ACT_SHOT; }

Result<std::optional<TrafficFilter>> read_traffic_filter(netlink::Message const& message) {
    ByteReader reader(message.payload);
    auto const header = reader.native<tcmsg>();
    if (reader.failed()) return malformed_error("decode a traffic filter: its header is cut short");
    FilterParts parts;
    auto& filter = parts.filter;
    filter.link = static_cast<std::uint32_t>(header.tcm_ifindex);
    filter.parent = header.tcm_parent;
    filter.handle = header.tcm_handle;
    filter.priority = static_cast<std::uint16_t>(TC_H_MAJ(header.tcm_info) >> 16);
    filter.protocol = netlink::NetworkOrder::swapped(static_cast<std::uint16_t>(TC_H_MIN(header.tcm_info)));
    if (auto error = filter_fields.read(reader.rest(), parts, "a traffic filter")) return *std::move(error);
    if (!parts.options) return std::optional<TrafficFilter>();
    if (!read_options(filter, *parts.options))
        return malformed_error("decode a traffic filter: settings of the wrong length");
    return std::optional(std::move(filter));
}

Result<std::vector<TrafficFilter>> traffic_filters(netlink::Connection& connection, std::uint32_t link,
                                                   std::uint32_t parent) {
    std::vector<TrafficFilter> all;
    TRY(list_filters(connection, link, parent, all));
    return all;
}

Result<std::vector<TrafficFilter>> traffic_filters(netlink::Connection& connection,
                                                   std::span<topology::Qdisc const> qdiscs) {
    std::vector<TrafficFilter> all;
    for (auto const& qdisc : qdiscs)
        for (auto const parent : parents_of(qdisc))
            TRY(list_filters(connection, qdisc.link.index, parent, all));
    return all;
}

}  // namespace vethwork::observe
