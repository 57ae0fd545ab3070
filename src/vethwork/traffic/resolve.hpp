// Names to addresses and back: numbers first, then whatever the machine's resolver knows (/etc/hosts, DNS).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <vethwork/traffic/endpoint.hpp>

namespace vethwork {

/// The address `name` stands for; with `family` only one of that family. getaddrinfo(3) is asked only where
/// `name` is no number.
[[nodiscard]] Result<ScopedAddress> resolve(std::string const& name, std::optional<Family> family = {});
/// HOST:PORT, where the host may be a name.
[[nodiscard]] Result<Endpoint> resolve_endpoint(std::string_view text, std::optional<Family> family = {});
/// The name of an address, where the resolver knows one (getnameinfo(3)).
[[nodiscard]] std::optional<std::string> name_of(ScopedAddress const& address);

}  // namespace vethwork
