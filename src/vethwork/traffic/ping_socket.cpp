#include <vethwork/traffic/ping_socket.hpp>

#include <net/if.h>  // before linux/if.h, which icmp.h includes and which knows of it

#include <ifaddrs.h>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace vethwork {

namespace {

constexpr std::uint16_t probe_port = 1025;  ///< of the UDP socket that asks routing; nothing is sent

Error call_error(char const* call) { return system_error(call); }

bool may_fall_back(int code) { return code == EACCES || code == EPROTONOSUPPORT || code == EAFNOSUPPORT; }

int family_of(IpAddress const& address) { return static_cast<int>(address.family); }

Result<> bind_to_device(int fd, std::string const& device, Family family) {
    if (device.empty()) return {};
    if (family == Family::ipv6 && ::if_nametoindex(device.c_str()) == 0)
        return lookup_error("unknown iface: " + device);
    if (::setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device.data(), static_cast<socklen_t>(device.size())) ==
        0)
        return {};
    int const code = errno;
    return system_error(code, "SO_BINDTODEVICE " + device);
}

/// Subnet-router anycast (RFC 4291, 2.6.1) of a prefix of 64 bits: any router of it answers with its own
/// address.
bool is_router_anycast(IpAddress const& address) {
    if (address.family == Family::ipv4) return false;
    for (std::size_t i = 8; i < 16; ++i)
        if (address.octets[i] != 0) return false;
    return true;
}

bool has_address(std::string const& device, IpAddress const& address) {
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) return true;
    std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> const list(all, ::freeifaddrs);
    for (ifaddrs const* one = all; one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr || device != one->ifa_name ||
            one->ifa_addr->sa_family != family_of(address))
            continue;
        SocketAddress found;
        std::memcpy(&found.storage, one->ifa_addr,
                    address.family == Family::ipv4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
        if (found.endpoint().host.address == address) return true;
    }
    return false;
}

template <class T>
std::optional<T> value_in(cmsghdr* control) {
    if (control->cmsg_len < CMSG_LEN(sizeof(T))) return {};
    T value;
    std::memcpy(&value, CMSG_DATA(control), sizeof value);
    return value;
}

Microseconds microseconds(timeval const& time) {
    return std::chrono::seconds(time.tv_sec) + Microseconds(time.tv_usec);
}

Microseconds wall_clock() {
    return std::chrono::duration_cast<Microseconds>(std::chrono::system_clock::now().time_since_epoch());
}

/// What recvmsg(2) needs around the bytes.
struct Envelope {
    SocketAddress from;
    iovec part;
    alignas(cmsghdr) std::array<char, 1024> control;
    msghdr message{};

    explicit Envelope(std::span<std::uint8_t> buffer) : part{buffer.data(), buffer.size()} {
        message.msg_name = from.get();
        message.msg_namelen = from.size;
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
    }
};

void read_error(cmsghdr* control, PingSocket::QueuedError& error) {
    auto const entry = value_in<sock_extended_err>(control);
    if (!entry) return;
    error.is_local = entry->ee_origin == SO_EE_ORIGIN_LOCAL;
    error.code = static_cast<int>(entry->ee_errno);
    error.type = entry->ee_type;
    error.icmp_code = entry->ee_code;
    error.info = entry->ee_info;
    std::size_t const room = control->cmsg_len - CMSG_LEN(sizeof(sock_extended_err));
    SocketAddress from;
    std::memcpy(&from.storage, CMSG_DATA(control) + sizeof(sock_extended_err),
                std::min(room, sizeof(sockaddr_in6)));
    error.from = from.endpoint().host;
}

}  // namespace

// Opening

Result<PingSocket> PingSocket::open(PingTarget const& target) {
    PingSocket socket;
    socket.target_ = target.address.address;
    socket.to_ = target.address;
    bool const is_local_group =
        target.address.address.is_link_local() || target.address.address.is_multicast();
    if (socket.family() == Family::ipv6 && is_local_group && socket.to_.device.empty())
        socket.to_.device = target.device;
    TRY(socket.create());
    TRY(socket.choose_source(target));
    if (socket.to_.address.is_any() && socket.family() == Family::ipv4) socket.to_ = socket.source_;
    socket.to_address_ = TRY(SocketAddress::of({socket.to_, 0}));
    socket.is_for_many_ =
        target.may_broadcast || socket.to_.address.is_multicast() || is_router_anycast(socket.to_.address);
    TRY(socket.set_up(target));
    return socket;
}

Result<> PingSocket::create() {
    int const protocol =
        family() == Family::ipv4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
    int const flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
    fd_ = Fd(::socket(family_of(target_), SOCK_DGRAM | flags, protocol));
    if (fd_.is_open()) return {};
    if (!may_fall_back(errno)) return call_error("socket");
    is_raw_ = true;
    fd_ = Fd(::socket(family_of(target_), SOCK_RAW | flags, protocol));
    if (!fd_.is_open())
        return system_error(
            "socket", "no right to ping: it takes CAP_NET_RAW, or a group within net.ipv4.ping_group_range");
    if (::getrandom(&identifier_, sizeof identifier_, 0) < 0) return call_error("getrandom");
    return {};
}

Result<> PingSocket::choose_source(PingTarget const& target) {
    if (target.source) {
        source_ = *target.source;
        if (source_.address.is_link_local() && source_.device.empty()) source_.device = to_.device;
        return bind_to_device(fd_.get(), target.device, family());
    }
    Fd const probe(::socket(family_of(target_), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!probe.is_open()) return call_error("socket");
    TRY(bind_to_device(probe.get(), target.device, family()));
    TRY(bind_to_device(fd_.get(), target.device, family()));
    SocketAddress const there = TRY(SocketAddress::of({to_, probe_port}));
    int const on = 1;
    if (target.may_broadcast) (void)::setsockopt(probe.get(), SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    if (::connect(probe.get(), there.get(), there.size) != 0) {
        if (errno == EACCES)
            return usage_error(
                "Do you want to ping broadcast? Then -b. If not, check your local firewall rules");
        return call_error("connect");
    }
    SocketAddress here;
    if (::getsockname(probe.get(), here.get(), &here.size) != 0) return call_error("getsockname");
    source_ = here.endpoint().host;
    if (!target.device.empty()) warn_of_other_device(target.device);
    return {};
}

void PingSocket::warn_of_other_device(std::string const& device) {
    if (has_address(device, source_.address)) return;
    warnings_.push_back("Warning: source address might be selected on device other than: " + device);
}

Result<> PingSocket::set(int level, int name, int value, char const* what) const {
    if (::setsockopt(fd_.get(), level, name, &value, sizeof value) != 0) return call_error(what);
    return {};
}

Result<> PingSocket::set_up(PingTarget const& target) {
    bool const is_v4 = family() == Family::ipv4;
    int const level = is_v4 ? static_cast<int>(IPPROTO_IP) : static_cast<int>(IPPROTO_IPV6);
    auto const either = [is_v4](int v4, int v6) { return is_v4 ? v4 : v6; };
    if (target.path_mtu)  // the three values are the same numbers in both families
        TRY(set(level, either(IP_MTU_DISCOVER, IPV6_MTU_DISCOVER), static_cast<int>(*target.path_mtu),
                "IP_MTU_DISCOVER"));
    if (target.source) {
        SocketAddress const here = TRY(SocketAddress::of({source_, 0}));
        if (::bind(fd_.get(), here.get(), here.size) != 0)
            return call_error(is_v4 ? "bind" : "bind icmp socket");
    }
    TRY(set(level, either(IP_RECVERR, IPV6_RECVERR), 1, "IP_RECVERR"));
    TRY(set(level, either(IP_RECVTTL, IPV6_RECVHOPLIMIT), 1, "IP_RECVTTL"));
    TRY(set(SOL_SOCKET, SO_TIMESTAMP, 1, "SO_TIMESTAMP"));
    if (target.may_broadcast) TRY(set(SOL_SOCKET, SO_BROADCAST, 1, "SO_BROADCAST"));
    if (target.traffic_class)
        TRY(set(level, either(IP_TOS, IPV6_TCLASS), *target.traffic_class, "setsockopt"));
    if (target.ttl) {
        TRY(set(level, either(IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS), *target.ttl,
                "cannot set multicast time-to-live"));
        TRY(set(level, either(IP_TTL, IPV6_UNICAST_HOPS), *target.ttl, "cannot set unicast time-to-live"));
    }
    filter_types();
    size_buffers(target.size);
    return {};
}

/// A raw socket sees every ICMP packet: only those that are looked at shall wake us. It is no error where
/// that fails.
void PingSocket::filter_types() const {
    if (!is_raw_) return;
    if (family() == Family::ipv4) {
        icmp_filter const filter{~(1u << ICMP_ECHOREPLY | 1u << ICMP_REDIRECT | 1u << ICMP_SOURCE_QUENCH)};
        (void)::setsockopt(fd_.get(), SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
        return;
    }
    icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    (void)::setsockopt(fd_.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
}

/// Room for the fragments of a large packet, each with the kernel's overhead.
void PingSocket::size_buffers(std::size_t size) const {
    auto const packet = static_cast<int>(std::min<std::size_t>(size, 1 << 20)) + 8;
    int const room = std::max(65536, packet + (packet + 511) / 512 * 280);
    (void)::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    (void)::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
}

// Sending and receiving

int PingSocket::send(std::uint16_t sequence, std::size_t size) const {
    auto const packet = echo_request(family(), {identifier_, sequence}, size);
    ssize_t const sent =
        ::sendto(fd_.get(), packet.data(), packet.size(), 0, to_address_.get(), to_address_.size);
    return sent < 0 ? errno : 0;
}

bool PingSocket::is_ours(EchoNumber const& number) const {
    return !is_raw_ || number.identifier == identifier_;
}

std::optional<PingSocket::Arrival> PingSocket::receive(std::vector<std::uint8_t>& buffer) const {
    Envelope envelope(buffer);
    ssize_t const size = ::recvmsg(fd_.get(), &envelope.message, MSG_DONTWAIT);
    if (size < 0) return {};
    Arrival arrival{.from = envelope.from.endpoint().host, .at = wall_clock()};
    std::optional<std::uint8_t> ttl;
    for (cmsghdr* c = CMSG_FIRSTHDR(&envelope.message); c != nullptr; c = CMSG_NXTHDR(&envelope.message, c)) {
        bool const is_ttl = (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
                            (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT);
        if (is_ttl) ttl = static_cast<std::uint8_t>(value_in<int>(c).value_or(0));
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMP)
            if (auto const time = value_in<timeval>(c)) arrival.at = microseconds(*time);
    }
    bool const has_header = is_raw_ && family() == Family::ipv4;
    arrival.packet = read_echo_packet(family(), has_header ? PacketForm::with_header : PacketForm::bare,
                                      Bytes(buffer).first(static_cast<std::size_t>(size)));
    if (auto* const reply = std::get_if<EchoReply>(&arrival.packet); reply != nullptr && !reply->ttl)
        reply->ttl = ttl;
    return arrival;
}

std::optional<PingSocket::QueuedError> PingSocket::next_error() const {
    std::array<std::uint8_t, 64> quotation;
    Envelope envelope(quotation);
    ssize_t const size = ::recvmsg(fd_.get(), &envelope.message, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (size < 0) return {};
    QueuedError error{.target = envelope.from.endpoint().host};
    error.number = request_number(family(), Bytes(quotation).first(static_cast<std::size_t>(size)));
    for (cmsghdr* c = CMSG_FIRSTHDR(&envelope.message); c != nullptr; c = CMSG_NXTHDR(&envelope.message, c))
        if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
            (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
            read_error(c, error);
    return error;
}

}  // namespace vethwork
