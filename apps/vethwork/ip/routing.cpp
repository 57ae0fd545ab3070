#include "ip/routing.hpp"

#include <linux/netlink.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>

#include <vethwork/base/fd.hpp>

namespace vethwork::app {

namespace {

std::optional<std::uint8_t> protocol_of(std::string const& name) {
    auto const* const entry = ::getprotobyname(name.c_str());
    if (!entry) return {};
    return static_cast<std::uint8_t>(entry->p_proto);
}

std::string protocol_name(std::uint8_t number) {
    auto const* const entry = ::getprotobynumber(number);
    return entry ? entry->p_name : "";
}

std::string host_name(IpAddress const& address) {
    char name[NI_MAXHOST];
    int failed = 0;
    if (address.family == Family::ipv4) {
        sockaddr_in socket_address{.sin_family = AF_INET};
        std::memcpy(&socket_address.sin_addr, address.bytes().data(), 4);
        failed = ::getnameinfo(reinterpret_cast<sockaddr*>(&socket_address), sizeof socket_address, name,
                               sizeof name, nullptr, 0, NI_NAMEREQD);
    } else {
        sockaddr_in6 socket_address{.sin6_family = AF_INET6};
        std::memcpy(&socket_address.sin6_addr, address.bytes().data(), 16);
        failed = ::getnameinfo(reinterpret_cast<sockaddr*>(&socket_address), sizeof socket_address, name,
                               sizeof name, nullptr, 0, NI_NAMEREQD);
    }
    return failed == 0 ? name : address.to_string();
}

/// Next hops by id, each asked for once; one that cannot be had is complained of each time.
class NexthopCache {
public:
    explicit NexthopCache(Session& session) : session_(&session) {}

    topology::Nexthop const* find(std::uint32_t id) {
        if (auto const known = known_.find(id); known != known_.end()) return &known->second;
        auto const connection = session_->connection();
        if (!connection) return nullptr;
        auto found = observe::nexthop(**connection, session_->options().family, id);
        if (!found) return session_->complain(found.error()), nullptr;
        return &known_.emplace(id, std::move(*found)).first->second;
    }

private:
    Session* session_;
    std::map<std::uint32_t, topology::Nexthop> known_;
};

}  // namespace

plan::RoutingContext routing_context(Session& session) {
    return {.family = session.options().family,
            .names = &session.number_names(),
            .vrf_table = [&session](std::string const& name) -> std::optional<std::uint32_t> {
                auto const connection = session.connection();
                if (!connection) return {};
                return observe::vrf_table(**connection, name);
            },
            .ip_protocol = protocol_of,
            .warnings = {}};
}

report::RoutingDetails routing_details(Session& session) {
    auto const nexthops = std::make_shared<NexthopCache>(session);
    report::RoutingDetails details{.ip = session.details(),
                                   .nexthop = [nexthops](std::uint32_t id) { return nexthops->find(id); },
                                   .host_name = {},
                                   .ip_protocol_name = protocol_name};
    if (session.options().resolve) details.host_name = host_name;
    return details;
}

void tell_warnings(plan::RoutingContext& context) {
    for (auto const& warning : context.warnings) fmt::print(stderr, "{}\n", warning);
    context.warnings.clear();
}

void tell_broken_list(Session& session) {
    if (!session.options().json) return;
    if (session.manner() == Manner::ours)
        session.print("[]\n");
    else
        session.print(session.options().pretty ? "[ " : "[");
}

int end_dump(Session& session, Error const& error, std::string_view end, int status) {
    session.complain(error);
    fmt::print(stderr, "{}\n", end);
    return status;
}

Result<std::uint32_t> link_index(Session& session, std::string const& name) {
    apply::Resolver resolver(*TRY(session.connection()));
    return resolver.index_of(name);
}

Result<> resolve(Session& session, std::optional<topology::LinkRef>& link) {
    if (link) link->index = TRY(link_index(session, link->name));
    return {};
}

Result<> begin_message_file(Session& session, MessageFile const& file) {
    if (::isatty(STDOUT_FILENO) == 1) return plan::refused("Not sending a binary stream to stdout");
    session.print({reinterpret_cast<char const*>(&file.magic), sizeof file.magic});
    return {};
}

void append_message(std::string& to, netlink::Message const& message) {
    to.append(reinterpret_cast<char const*>(&message.header), sizeof message.header);
    to.append(as_text(message.payload));
    to.append(-message.payload.size() & 3u, '\0');
}

Result<std::string> read_message_file(MessageFile const& file) {
    if (::isatty(STDIN_FILENO) == 1)
        return plan::refused(fmt::format("Can't restore {} dump from a terminal", file.what));
    auto bytes = TRY(read_all(STDIN_FILENO));
    std::uint32_t magic = 0;
    bool const whole = bytes.size() >= sizeof magic;
    if (whole) std::memcpy(&magic, bytes.data(), sizeof magic);
    if (magic != file.magic)
        return plan::refused(fmt::format("Magic mismatch ({} elems, {:x} magic)", whole ? 1 : 0, magic));
    return bytes.substr(sizeof magic);
}

Result<> restore_message(Session& session, netlink::Message const& message) {
    auto* const connection = TRY(session.connection());
    netlink::MessageWriter request(message.header.nlmsg_type, NLM_F_CREATE | NLM_F_ACK, "restore");
    request.append(message.payload);
    auto const done = connection->request(std::move(request));
    if (done || done.error().code != EEXIST) return done;
    session.complain(done.error());
    return {};
}

}  // namespace vethwork::app
