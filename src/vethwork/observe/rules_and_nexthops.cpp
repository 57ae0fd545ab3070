#include <linux/fib_rules.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

#include <vethwork/netlink/nexthop.hpp>
#include <vethwork/netlink/rule.hpp>
#include <vethwork/observe/routes.hpp>

namespace vethwork::observe {

namespace {

using netlink::Connection;
using netlink::Message;
using netlink::MessageWriter;

std::uint8_t number_of(std::optional<Family> family) {
    return family ? static_cast<std::uint8_t>(*family) : std::uint8_t{0};
}

void write_query(NexthopQuery const& query, MessageWriter& to) {
    to.fixed(nhmsg{.nh_family = number_of(query.family)});
    if (query.link_index != 0) to.value(NHA_OIF, "NHA_OIF", query.link_index);
    if (query.groups) to.attribute(NHA_GROUPS, "NHA_GROUPS", {});
    if (query.master_index != 0) to.value(NHA_MASTER, "NHA_MASTER", query.master_index);
    if (query.fdb) to.attribute(NHA_FDB, "NHA_FDB", {});
}

template <class T>
Result<T> only_message(Result<std::vector<std::uint8_t>> answer, Result<T> (*read)(Message const&)) {
    auto const bytes = TRY(std::move(answer));
    auto const part = netlink::MessageReader(bytes).next();
    if (!part) return malformed_error("the kernel's answer is cut short");
    return read(*part);
}

}  // namespace

Result<> rule_messages(Connection& connection, Family family,
                       std::function<Result<>(Message const&)> const& each) {
    MessageWriter message(RTM_GETRULE, 0, "list rules");
    message.fixed(fib_rule_hdr{.family = number_of(family)});
    TRY(connection.dump(std::move(message), each));
    return {};
}

Result<std::vector<topology::Rule>> rules(Connection& connection, Family family) {
    std::vector<topology::Rule> all;
    TRY(rule_messages(connection, family, [&all](Message const& part) -> Result<> {
        if (part.header.nlmsg_type == RTM_NEWRULE) all.push_back(TRY(netlink::read_rule(part)));
        return {};
    }));
    return all;
}

Result<std::vector<topology::Nexthop>> nexthops(Connection& connection, NexthopQuery const& query) {
    MessageWriter message(RTM_GETNEXTHOP, 0, "list next hops");
    write_query(query, message);
    std::vector<topology::Nexthop> all;
    TRY(connection.dump(std::move(message), [&all](Message const& part) -> Result<> {
        if (part.header.nlmsg_type == RTM_NEWNEXTHOP) all.push_back(TRY(netlink::read_nexthop(part)));
        return {};
    }));
    return all;
}

Result<topology::Nexthop> nexthop(Connection& connection, std::optional<Family> family, std::uint32_t id) {
    MessageWriter message(RTM_GETNEXTHOP, 0, "show a next hop");
    message.fixed(nhmsg{.nh_family = number_of(family)});
    message.value(NHA_ID, "NHA_ID", id);
    return only_message(connection.get(std::move(message)), netlink::read_nexthop);
}

Result<std::vector<topology::NexthopBucket>> nexthop_buckets(Connection& connection,
                                                             NexthopQuery const& query) {
    MessageWriter message(RTM_GETNEXTHOPBUCKET, 0, "list buckets of next hops");
    write_query(query, message);
    if (query.id != 0) message.value(NHA_ID, "NHA_ID", query.id);
    if (query.member_id != 0) {
        auto const nest = message.begin_nest(NHA_RES_BUCKET | NLA_F_NESTED, "NHA_RES_BUCKET");
        message.value(NHA_RES_BUCKET_NH_ID, "NHA_RES_BUCKET_NH_ID", query.member_id);
        message.end_nest(nest);
    }
    std::vector<topology::NexthopBucket> all;
    TRY(connection.dump(std::move(message), [&all](Message const& part) -> Result<> {
        if (part.header.nlmsg_type == RTM_NEWNEXTHOPBUCKET)
            all.push_back(TRY(netlink::read_nexthop_bucket(part)));
        return {};
    }));
    return all;
}

Result<topology::NexthopBucket> nexthop_bucket(Connection& connection, std::optional<Family> family,
                                               std::uint32_t id, std::uint16_t index) {
    MessageWriter message(RTM_GETNEXTHOPBUCKET, 0, "show a bucket of a next hop");
    message.fixed(nhmsg{.nh_family = number_of(family)});
    message.value(NHA_ID, "NHA_ID", id);
    auto const nest = message.begin_nest(NHA_RES_BUCKET | NLA_F_NESTED, "NHA_RES_BUCKET");
    message.value(NHA_RES_BUCKET_INDEX, "NHA_RES_BUCKET_INDEX", index);
    message.end_nest(nest);
    return only_message(connection.get(std::move(message)), netlink::read_nexthop_bucket);
}

}  // namespace vethwork::observe
