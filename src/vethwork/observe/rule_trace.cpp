#include <vethwork/observe/rule_trace.hpp>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>

#include <algorithm>

#include <fmt/format.h>

namespace vethwork::observe {

namespace {

using netlink::Attribute;
using netlink::AttributeReader;

std::string family_name(std::uint8_t family) {
    switch (family) {
        case NFPROTO_INET:
            return "inet";
        case NFPROTO_IPV4:
            return "ip";
        case NFPROTO_IPV6:
            return "ip6";
        case NFPROTO_ARP:
            return "arp";
        case NFPROTO_BRIDGE:
            return "bridge";
        case NFPROTO_NETDEV:
            return "netdev";
        default:
            return {};
    }
}

std::uint64_t number(Bytes bytes) {
    std::uint64_t value = 0;
    for (auto const byte : bytes.first(std::min<std::size_t>(bytes.size(), 8))) value = value << 8 | byte;
    return value;
}

std::string text(Bytes bytes) {
    std::string const whole(bytes.begin(), bytes.end());
    return whole.substr(0, whole.find('\0'));
}

bool is_drop(Bytes verdict) {
    AttributeReader reader(verdict);
    while (auto const one = reader.next())
        if (one->type == NFTA_VERDICT_CODE) return number(one->payload) == NF_DROP;
    return false;
}

void take(Attribute const& attribute, RuleStep& step) {
    auto const& bytes = attribute.payload;
    switch (attribute.type) {
        case NFTA_TRACE_TABLE:
            step.table = text(bytes);
            break;
        case NFTA_TRACE_CHAIN:
            step.chain = text(bytes);
            break;
        case NFTA_TRACE_RULE_HANDLE:
            step.handle = number(bytes);
            break;
        case NFTA_TRACE_TYPE:
            step.kind = number(bytes) == NFT_TRACETYPE_RULE     ? RuleStep::Kind::rule
                        : number(bytes) == NFT_TRACETYPE_POLICY ? RuleStep::Kind::policy
                                                                : RuleStep::Kind::end_of_chain;
            break;
        case NFTA_TRACE_VERDICT:
            step.drops = step.drops || is_drop(bytes);
            break;
        case NFTA_TRACE_POLICY:
            step.drops = step.drops || number(bytes) == NF_DROP;
            break;
        case NFTA_TRACE_ID:
            step.packet = static_cast<std::uint32_t>(number(bytes));
            break;
        case NFTA_TRACE_IIF:
            step.incoming = static_cast<std::uint32_t>(number(bytes));
            break;
        case NFTA_TRACE_OIF:
            step.outgoing = static_cast<std::uint32_t>(number(bytes));
            break;
        case NFTA_TRACE_NETWORK_HEADER:
        case NFTA_TRACE_TRANSPORT_HEADER:
            step.headers.insert(step.headers.end(), bytes.begin(), bytes.end());
            break;
        default:
            break;
    }
}

}  // namespace

std::optional<RuleStep> read_rule_step(netlink::Message const& message) {
    constexpr unsigned type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE;
    if (message.header.nlmsg_type != type || message.payload.size() < sizeof(nfgenmsg)) return {};
    RuleStep step{.family = family_name(message.payload[0])};
    AttributeReader reader(message.payload.subspan(sizeof(nfgenmsg)));
    while (auto const attribute = reader.next()) take(*attribute, step);
    if (reader.failed()) return {};
    return step;
}

Result<RuleTrace> RuleTrace::open(std::string const& protocols) {
    auto connection = TRY(netlink::Connection::open(NETLINK_NETFILTER));
    TRY(connection.join(NFNLGRP_NFTRACE));
    std::string tables;
    for (std::string_view const family : {"inet", "bridge"}) {
        tables += fmt::format("table {} vethwork_trace {{ flags owner;\n", family);
        for (std::string_view const hook : {"prerouting", "output"})
            tables += fmt::format(
                " chain {0} {{ type filter hook {0} priority -500; meta l4proto {1} meta nftrace set 1; }}\n",
                hook, protocols);
        tables += "}\n";
    }
    return RuleTrace(std::move(connection), TRY(netlink::NftLease::load(tables)));
}

std::vector<RuleStep> RuleTrace::read() {
    std::vector<RuleStep> steps;
    pollfd waiting{.fd = fd(), .events = POLLIN, .revents = 0};
    while (::poll(&waiting, 1, 0) > 0 && (waiting.revents & POLLIN) != 0) {
        auto const got = connection_.receive_events([&steps](netlink::Message const& message, int) {
            if (auto step = read_rule_step(message)) steps.push_back(std::move(*step));
        });
        if (!got) break;
    }
    return steps;
}

}  // namespace vethwork::observe
