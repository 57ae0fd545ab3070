#include <vethwork/observe/qdiscs.hpp>

#include <linux/rtnetlink.h>

#include <vethwork/netlink/qdisc.hpp>

namespace vethwork::observe {

Result<std::vector<topology::Qdisc>> qdiscs(netlink::Connection& connection) {
    netlink::MessageWriter message(RTM_GETQDISC, 0, "list queueing disciplines");
    message.fixed(tcmsg{});
    std::vector<topology::Qdisc> all;
    (void)TRY(connection.dump(std::move(message), [&all](netlink::Message const& part) -> Result<> {
        if (part.header.nlmsg_type == RTM_NEWQDISC) all.push_back(TRY(netlink::read_qdisc(part)));
        return {};
    }));
    return all;
}

}  // namespace vethwork::observe
