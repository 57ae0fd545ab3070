#include <vethwork/traffic/serve_options.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace vethwork {

namespace {

std::string hint_for(int code) {
    switch (code) {
        case EADDRINUSE:
            return "another program listens there: `ss -lnp` shows it; or choose another port";
        case EADDRNOTAVAIL:
            return "it is no address of this network namespace: `vethwork ip addr` lists them";
        case EACCES:
            return "ports below net.ipv4.ip_unprivileged_port_start are root's; take a higher one";
        default:
            return {};
    }
}

Result<> set_option(Fd const& socket, int level, int name, int value) {
    if (::setsockopt(socket.get(), level, name, &value, sizeof value) != 0)
        return system_error("set a socket option");
    return {};
}

}  // namespace

Result<Fd> bound_socket(Endpoint const& endpoint, int type) {
    SocketAddress const address = TRY(SocketAddress::of(endpoint));
    Fd socket(::socket(address.family(), type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.is_open()) return system_error("make a socket for " + endpoint.to_string());
    if (type == SOCK_STREAM) TRY(set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1));
    if (address.family() == AF_INET6) TRY(set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0));
    if (::bind(socket.get(), address.get(), address.size) != 0) {
        int const code = errno;
        return system_error(code, "listen at " + endpoint.to_string(), hint_for(code));
    }
    return socket;
}

Result<Endpoint> local_endpoint(Fd const& socket) {
    SocketAddress address;
    if (::getsockname(socket.get(), address.get(), &address.size) != 0)
        return system_error("ask for a socket's address");
    return address.endpoint();
}

}  // namespace vethwork
