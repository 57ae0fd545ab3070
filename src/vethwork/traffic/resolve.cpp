#include <vethwork/traffic/resolve.hpp>

#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include <vethwork/base/text.hpp>

namespace vethwork {

namespace {

using AddressList = std::unique_ptr<addrinfo, decltype([](addrinfo* list) { ::freeaddrinfo(list); })>;

/// The resolver's own words for `code` (EAI_...).
Error not_resolved(std::string const& name, int code) {
    return {.fault = Fault::lookup,
            .attempt = name,
            .code = code == EAI_SYSTEM ? errno : 0,
            .kernel_text = code == EAI_SYSTEM ? "" : ::gai_strerror(code)};
}

Result<ScopedAddress> ask_resolver(std::string const& name, std::optional<Family> family) {
    addrinfo hints{};
    hints.ai_family = family ? static_cast<int>(*family) : AF_UNSPEC;
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (int const code = ::getaddrinfo(name.c_str(), nullptr, &hints, &found); code != 0)
        return not_resolved(name, code);
    AddressList const list(found);
    SocketAddress address;
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    return address.endpoint().host;
}

}  // namespace

Result<ScopedAddress> resolve(std::string const& name, std::optional<Family> family) {
    auto const numeric = ScopedAddress::parse(name);
    if (!numeric) return ask_resolver(name, family);
    if (family && numeric->address.family != *family) return not_resolved(name, EAI_ADDRFAMILY);
    return *numeric;
}

Result<Endpoint> resolve_endpoint(std::string_view text, std::optional<Family> family) {
    auto endpoint = Endpoint::parse(text);
    if (endpoint) {
        (void)TRY(resolve(endpoint->host.to_string(), family));
        return endpoint;
    }
    auto const colon = text.rfind(':');
    std::string const host(text.substr(0, colon));
    bool const is_name = !host.empty() && host.find_first_of(":[]") == std::string::npos;
    if (!is_name || !Endpoint::parse("0.0.0.0" + std::string(text.substr(host.size())))) return endpoint;
    auto const port = parse_number<std::uint16_t>(text.substr(colon + 1), 10);
    return Endpoint{TRY(resolve(host, family)), *port};
}

std::optional<std::string> name_of(ScopedAddress const& address) {
    auto const socket_address = SocketAddress::of({address, 0});
    char name[NI_MAXHOST];
    if (!socket_address || ::getnameinfo(socket_address->get(), socket_address->size, name, sizeof name,
                                         nullptr, 0, NI_NAMEREQD) != 0)
        return {};
    return name;
}

}  // namespace vethwork
