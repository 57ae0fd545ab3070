#include <vethwork/observe/addresses.hpp>

#include <linux/rtnetlink.h>

#include <functional>

#include <vethwork/netlink/interface_address.hpp>

namespace vethwork::observe {

namespace {

Result<netlink::DumpOutcome> dump(netlink::Connection& connection, AddressQuery const& query,
                                  std::function<Result<>(netlink::Message const&)> const& each) {
    netlink::MessageWriter message(RTM_GETADDR, 0, "list addresses");
    message.fixed(ifaddrmsg{.ifa_family = static_cast<std::uint8_t>(query.family ? *query.family : Family{}),
                            .ifa_prefixlen = 0,
                            .ifa_flags = 0,
                            .ifa_scope = 0,
                            .ifa_index = query.link_index});
    return connection.dump(std::move(message), each);
}

}  // namespace

Result<AddressSet> addresses(netlink::Connection& connection, AddressQuery const& query) {
    AddressSet set;
    auto const outcome = TRY(dump(connection, query, [&set](netlink::Message const& part) -> Result<> {
        if (part.header.nlmsg_type == RTM_NEWADDR) set.addresses.push_back(TRY(netlink::read_address(part)));
        return {};
    }));
    set.interrupted = outcome.interrupted;
    return set;
}

Result<std::vector<std::uint8_t>> address_messages(netlink::Connection& connection,
                                                   AddressQuery const& query) {
    ByteWriter all;
    TRY(dump(connection, query, [&all](netlink::Message const& part) -> Result<> {
        all.native(part.header);
        all.raw(part.payload);
        all.zeros((NLMSG_ALIGNTO - part.payload.size() % NLMSG_ALIGNTO) % NLMSG_ALIGNTO);
        return {};
    }));
    return std::move(all).take();
}

}  // namespace vethwork::observe
