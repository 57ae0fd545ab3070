#include <vethwork/lab/clean.hpp>

#include <linux/rtnetlink.h>
#include <poll.h>

#include <cerrno>

#include <vethwork/netlink/link.hpp>
#include <vethwork/netns/create.hpp>

namespace vethwork::lab {

namespace {

constexpr int patience_ms = 60'000;

netlink::MessageWriter cable_into(int netns) {
    topology::Link peer;
    peer.name = "end-mark";
    peer.netns = topology::NamespaceRef{.fd = netns};
    topology::Link link;
    link.name = "end-mark";
    link.kind = topology::Veth{{peer}};
    netlink::MessageWriter message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, "mark the end of a namespace");
    netlink::write_link(link, message);
    return message;
}

}  // namespace

Result<EndMark> EndMark::put_into(Fd const& netns) {
    TRY(netns::enter_new());
    auto connection = TRY(netlink::Connection::open());
    TRY(connection.request(cable_into(netns.get())));
    TRY(connection.join(RTNLGRP_LINK));
    return EndMark(std::move(connection));
}

Result<> EndMark::wait() {
    for (bool gone = false; !gone;) {
        pollfd waiting{connection_.fd(), POLLIN, 0};
        if (::poll(&waiting, 1, patience_ms) != 1)
            return system_error(ETIMEDOUT, "wait for the kernel to end namespaces");
        TRY(connection_.receive_events([&gone](netlink::Message const& message, int) {
            if (message.header.nlmsg_type == RTM_DELLINK) gone = true;
        }));
    }
    return {};
}

}  // namespace vethwork::lab
