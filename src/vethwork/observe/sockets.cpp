#include <vethwork/observe/sockets.hpp>

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <algorithm>

#include <vethwork/netlink/codec.hpp>

namespace vethwork::observe {

namespace {

constexpr auto socket_fields =
    netlink::make_table<Socket>(netlink::field<&Socket::v6_only>(INET_DIAG_SKV6ONLY, "INET_DIAG_SKV6ONLY"));

constexpr std::uint32_t bit_of(SocketState state) { return 1u << static_cast<unsigned>(state); }

std::uint32_t mask_of(SocketQuery const& query) {
    std::uint32_t mask = 0;
    for (auto const state : query.states) mask |= bit_of(state);
    if (mask != 0) return mask;
    return query.protocol == SocketProtocol::tcp
               ? bit_of(SocketState::listening)
               : bit_of(SocketState::closed) | bit_of(SocketState::established);
}

/// An address of a message: four words, of which IPv4 uses the first.
IpAddress address_of(Family family, std::uint32_t const (&words)[4]) {
    IpAddress address{family, {}};
    std::memcpy(address.octets.data(), words, address_bits(family) / 8u);
    return address;
}

bool is_asked_for(Socket const& socket, SocketQuery const& query) {
    auto const same = [](std::optional<IpAddress> const& asked, IpAddress const& address) {
        return !asked || unmapped(*asked) == unmapped(address);
    };
    // The kernel is asked to filter by port; that it did is not taken for granted.
    return same(query.local, socket.local) && same(query.peer, socket.peer) &&
           (query.port == 0 || query.port == socket.port) &&
           (query.peer_port == 0 || query.peer_port == socket.peer_port);
}

netlink::MessageWriter request_of(SocketQuery const& query, Family family) {
    inet_diag_req_v2 asked{};
    asked.sdiag_family = static_cast<std::uint8_t>(family);
    asked.sdiag_protocol = static_cast<std::uint8_t>(query.protocol);
    asked.idiag_states = mask_of(query);
    asked.id.idiag_sport = htons(query.port);
    asked.id.idiag_dport = htons(query.peer_port);
    asked.id.idiag_cookie[0] = asked.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    netlink::MessageWriter message(
        SOCK_DIAG_BY_FAMILY, 0,
        query.protocol == SocketProtocol::tcp ? "list TCP sockets" : "list UDP sockets");
    message.fixed(asked);
    return message;
}

}  // namespace

IpAddress unmapped(IpAddress const& address) {
    static constexpr std::array<std::uint8_t, 12> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address.family != Family::ipv6 || !std::equal(prefix.begin(), prefix.end(), address.octets.begin()))
        return address;
    return *IpAddress::from_bytes(Bytes(address.octets).subspan(prefix.size()));
}

bool Socket::takes(IpAddress const& destination) const {
    auto const wanted = unmapped(destination);
    if (!is_wildcard()) return unmapped(local) == wanted;
    return family == wanted.family || (family == Family::ipv6 && v6_only == false);
}

std::vector<SocketState> all_socket_states() {
    std::vector<SocketState> states;
    auto const last = static_cast<std::uint8_t>(SocketState::new_syn_received);
    for (std::uint8_t number = 1; number <= last; ++number)
        states.push_back(static_cast<SocketState>(number));
    return states;
}

Result<netlink::Connection> open_socket_tables() { return netlink::Connection::open(NETLINK_SOCK_DIAG); }

Result<Socket> read_socket(netlink::Message const& message, SocketProtocol protocol) {
    ByteReader reader(message.payload);
    auto const told = reader.native<inet_diag_msg>();
    if (reader.failed()) return malformed_error("decode a socket: its header is cut short");
    if (told.idiag_family != AF_INET && told.idiag_family != AF_INET6)
        return malformed_error("decode a socket: neither IPv4 nor IPv6");
    Socket socket;
    socket.family = static_cast<Family>(told.idiag_family);
    socket.protocol = protocol;
    socket.state = static_cast<SocketState>(told.idiag_state);
    socket.local = address_of(socket.family, told.id.idiag_src);
    socket.port = ntohs(told.id.idiag_sport);
    socket.peer = address_of(socket.family, told.id.idiag_dst);
    socket.peer_port = ntohs(told.id.idiag_dport);
    socket.device = told.id.idiag_if;
    socket.uid = told.idiag_uid;
    socket.inode = told.idiag_inode;
    socket.receive_queue = told.idiag_rqueue;
    socket.send_queue = told.idiag_wqueue;
    if (auto error = socket_fields.read(reader.rest(), socket, "a socket")) return *std::move(error);
    return socket;
}

Result<std::vector<Socket>> sockets(netlink::Connection& connection, SocketQuery const& query) {
    std::vector<Socket> found;
    for (auto const family : {Family::ipv4, Family::ipv6}) {
        if (query.family && *query.family != family) continue;
        (void)TRY(connection.dump(request_of(query, family), [&](netlink::Message const& part) -> Result<> {
            if (part.header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return {};
            auto socket = TRY(read_socket(part, query.protocol));
            if (is_asked_for(socket, query)) found.push_back(std::move(socket));
            return {};
        }));
    }
    return found;
}

}  // namespace vethwork::observe
