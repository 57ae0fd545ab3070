#include <vethwork/observe/xfrm.hpp>

#include <linux/xfrm.h>
#include <sys/socket.h>

#include <vethwork/netlink/codec.hpp>

namespace vethwork::observe {

namespace {

using netlink::field;

static_assert(sizeof(XfrmMark) == sizeof(xfrm_mark));

IpAddress address_of(xfrm_address_t const& told, std::uint16_t family) {
    auto const* const octets = reinterpret_cast<std::uint8_t const*>(&told);
    return IpAddress::from_bytes({octets, family == AF_INET6 ? 16u : 4u}).value_or(IpAddress{});
}

constexpr auto big_endian = netlink::NetworkOrder::swapped<std::uint16_t>;

XfrmSelector selector_of(xfrm_selector const& told, std::uint16_t family) {
    XfrmSelector selector;
    selector.source = {address_of(told.saddr, family), told.prefixlen_s};
    selector.destination = {address_of(told.daddr, family), told.prefixlen_d};
    selector.source_port = big_endian(told.sport);
    selector.source_port_mask = big_endian(told.sport_mask);
    selector.destination_port = big_endian(told.dport);
    selector.destination_port_mask = big_endian(told.dport_mask);
    selector.protocol = told.proto;
    selector.link = static_cast<std::uint32_t>(told.ifindex);
    return selector;
}

constexpr auto policy_fields =
    netlink::make_table<XfrmPolicy>(netlink::Row<XfrmPolicy>{XFRMA_TMPL, "XFRMA_TMPL", nullptr,
                                                             [](XfrmPolicy& policy, Bytes bytes) {
                                                                 policy.transforms = !bytes.empty();
                                                                 return true;
                                                             }},
                                    field<&XfrmPolicy::mark>(XFRMA_MARK, "XFRMA_MARK"),
                                    field<&XfrmPolicy::interface_id>(XFRMA_IF_ID, "XFRMA_IF_ID"));

constexpr auto state_fields =
    netlink::make_table<XfrmState>(field<&XfrmState::mark>(XFRMA_MARK, "XFRMA_MARK"),
                                   field<&XfrmState::interface_id>(XFRMA_IF_ID, "XFRMA_IF_ID"));

Result<> add_policy(netlink::Message const& message, std::vector<XfrmPolicy>& all) {
    ByteReader reader(message.payload);
    auto const told = reader.native<xfrm_userpolicy_info>();
    if (reader.failed()) return malformed_error("decode an IPsec policy: it is cut short");
    if (told.dir > XFRM_POLICY_FWD) return {};
    XfrmPolicy policy;
    policy.selector = selector_of(told.sel, told.sel.family);
    policy.direction = static_cast<XfrmDirection>(told.dir);
    policy.verdict = told.action == XFRM_POLICY_BLOCK ? XfrmVerdict::block : XfrmVerdict::allow;
    policy.index = told.index;
    policy.priority = told.priority;
    if (auto error = policy_fields.read(reader.rest(), policy, "an IPsec policy")) return *std::move(error);
    all.push_back(std::move(policy));
    return {};
}

Result<> add_state(netlink::Message const& message, std::vector<XfrmState>& all) {
    ByteReader reader(message.payload);
    auto const told = reader.native<xfrm_usersa_info>();
    if (reader.failed()) return malformed_error("decode an IPsec state: it is cut short");
    XfrmState state;
    state.selector = selector_of(told.sel, told.sel.family == AF_UNSPEC ? told.family : told.sel.family);
    state.source = address_of(told.saddr, told.family);
    state.destination = address_of(told.id.daddr, told.family);
    state.protocol = told.id.proto;
    state.spi = netlink::NetworkOrder::swapped(told.id.spi);
    state.request_id = told.reqid;
    state.mode = told.mode;
    if (auto error = state_fields.read(reader.rest(), state, "an IPsec state")) return *std::move(error);
    all.push_back(std::move(state));
    return {};
}

}  // namespace

Result<std::vector<XfrmPolicy>> xfrm_policies(netlink::Connection& connection) {
    netlink::MessageWriter message(XFRM_MSG_GETPOLICY, 0, "list IPsec policies");
    message.fixed(xfrm_userpolicy_id{});
    std::vector<XfrmPolicy> all;
    (void)TRY(connection.dump(std::move(message), [&all](netlink::Message const& part) -> Result<> {
        return part.header.nlmsg_type == XFRM_MSG_NEWPOLICY ? add_policy(part, all) : Result<>{};
    }));
    return all;
}

Result<std::vector<XfrmState>> xfrm_states(netlink::Connection& connection) {
    netlink::MessageWriter message(XFRM_MSG_GETSA, 0, "list IPsec states");
    message.fixed(xfrm_usersa_id{});
    std::vector<XfrmState> all;
    (void)TRY(connection.dump(std::move(message), [&all](netlink::Message const& part) -> Result<> {
        return part.header.nlmsg_type == XFRM_MSG_NEWSA ? add_state(part, all) : Result<>{};
    }));
    return all;
}

}  // namespace vethwork::observe
