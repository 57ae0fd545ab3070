#include <vethwork/traffic/udp_server.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include <fmt/format.h>

namespace vethwork {

namespace {

constexpr std::size_t largest_datagram = 65535;
constexpr int datagrams_a_turn = 64;

/// Leaves the choice of the device to routing, except for link-local IPv6, where the address needs it.
void loosen(cmsghdr& control) {
    if (control.cmsg_level == IPPROTO_IP && control.cmsg_type == IP_PKTINFO) {
        in_pktinfo info;
        std::memcpy(&info, CMSG_DATA(&control), sizeof info);
        info.ipi_ifindex = 0;
        std::memcpy(CMSG_DATA(&control), &info, sizeof info);
    } else if (control.cmsg_level == IPPROTO_IPV6 && control.cmsg_type == IPV6_PKTINFO) {
        in6_pktinfo info;
        std::memcpy(&info, CMSG_DATA(&control), sizeof info);
        if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) return;
        if (IN6_IS_ADDR_MULTICAST(&info.ipi6_addr)) info.ipi6_addr = in6addr_any;
        info.ipi6_ifindex = 0;
        std::memcpy(CMSG_DATA(&control), &info, sizeof info);
    }
}

void loosen_all(msghdr& message) {
    for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
         control = CMSG_NXTHDR(&message, control))
        loosen(*control);
}

Result<> ask_for_destination(Fd const& socket, Family family) {
    int const on = 1;
    bool const is_v4 = family == Family::ipv4;
    if (::setsockopt(socket.get(), is_v4 ? IPPROTO_IP : IPPROTO_IPV6, is_v4 ? IP_PKTINFO : IPV6_RECVPKTINFO,
                     &on, sizeof on) != 0)
        return system_error("ask for the addresses that datagrams are sent to");
    return {};
}

}  // namespace

UdpServer::UdpServer(EventLoop& loop, ServerLog& log, ServeOptions const& options)
    : loop_(loop), log_(log), options_(options), buffer_(largest_datagram, '\0') {}

Result<std::unique_ptr<UdpServer>> UdpServer::bind(EventLoop& loop, ServerLog& log, Endpoint const& endpoint,
                                                   ServeOptions const& options) {
    std::unique_ptr<UdpServer> server(new UdpServer(loop, log, options));
    TRY(server->start(endpoint));
    return server;
}

Result<> UdpServer::start(Endpoint const& endpoint) {
    socket_ = TRY(bound_socket(endpoint, SOCK_DGRAM));
    TRY(ask_for_destination(socket_, endpoint.host.address.family));
    endpoint_ = TRY(local_endpoint(socket_));
    rule_ = TRY(loop_.watch("udp server", socket_.get(), EPOLLIN, [this](Events) { receive_some(); }));
    log_.line(std::time(nullptr), fmt::format("listening at {} (udp)...", endpoint_.to_string()));
    log_.flush();
    return {};
}

void UdpServer::receive_some() {
    for (int i = 0; i < datagrams_a_turn; ++i) {
        SocketAddress peer;
        alignas(cmsghdr) std::array<char, 256> control;
        iovec part{buffer_.data(), buffer_.size()};
        msghdr message{};
        message.msg_name = peer.get();
        message.msg_namelen = peer.size;
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        ssize_t const size = ::recvmsg(socket_.get(), &message, 0);
        if (size < 0 && errno == EAGAIN) return;
        if (size < 0) continue;  // the ICMP error of an earlier answer, or EINTR
        answer(message, std::string_view(buffer_.data(), static_cast<std::size_t>(size)));
    }
}

void UdpServer::answer(msghdr& message, std::string_view payload) {
    std::time_t const second = std::time(nullptr);
    SocketAddress peer;
    std::memcpy(&peer.storage, message.msg_name, message.msg_namelen);
    std::string const client = peer.endpoint().to_string();
    log_.payload(second, "received", payload, "src_addr=" + client);
    reply_.clear();
    if (options_.answering == Answering::stamped) reply_ = stamps_.for_answer(second);
    reply_ += payload;
    iovec part{reply_.data(), reply_.size()};
    message.msg_iov = &part;
    message.msg_flags = 0;
    loosen_all(message);
    if (::sendmsg(socket_.get(), &message, MSG_NOSIGNAL) < 0)
        log_.line(second, system_error("answer " + client).describe());
    else
        log_.payload(second, "replied", reply_, "dst_addr=" + client);
}

}  // namespace vethwork
