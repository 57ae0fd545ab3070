#include <vethwork/observe/neighbours.hpp>

#include <linux/rtnetlink.h>

#include <vethwork/netlink/neighbour.hpp>

namespace vethwork::observe {

Result<NeighbourSet> neighbours(netlink::Connection& connection, NeighbourQuery const& query) {
    netlink::MessageWriter message(RTM_GETNEIGH, 0, "list neighbours");
    bool const proxies = query.table == NeighbourTable::proxies;
    message.fixed(ndmsg{.ndm_family = static_cast<std::uint8_t>(query.family ? *query.family : Family{}),
                        .ndm_ifindex = 0,
                        .ndm_state = 0,
                        .ndm_flags = static_cast<std::uint8_t>(proxies ? NTF_PROXY : 0),
                        .ndm_type = 0});
    if (query.link_index != 0) message.value(NDA_IFINDEX, "NDA_IFINDEX", query.link_index);
    if (query.master_index != 0) message.value(NDA_MASTER, "NDA_MASTER", query.master_index);
    NeighbourSet set;
    auto const outcome =
        TRY(connection.dump(std::move(message), [&set](netlink::Message const& part) -> Result<> {
            if (part.header.nlmsg_type == RTM_NEWNEIGH)
                set.neighbours.push_back(TRY(netlink::read_neighbour(part)));
            return {};
        }));
    set.interrupted = outcome.interrupted;
    return set;
}

Result<topology::Neighbour> neighbour(netlink::Connection& connection, topology::Neighbour const& which) {
    netlink::MessageWriter message(RTM_GETNEIGH, 0, "show a neighbour");
    topology::Neighbour asked;
    asked.link = which.link;
    asked.address = which.address;
    asked.flags = which.flags & NTF_PROXY;
    netlink::write_neighbour(asked, message);
    auto const answer = TRY(connection.get(std::move(message)));
    auto const part = netlink::MessageReader(answer).next();
    if (!part) return malformed_error("decode a neighbour: the kernel's answer is cut short");
    return netlink::read_neighbour(*part);
}

}  // namespace vethwork::observe
