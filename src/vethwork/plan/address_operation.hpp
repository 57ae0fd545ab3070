// Changes of addresses of links. Source: ip-address(8).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vethwork/plan/put_mode.hpp>
#include <vethwork/plan/words.hpp>
#include <vethwork/topology/interface_address.hpp>
#include <vethwork/topology/names.hpp>

namespace vethwork::plan {

/// Deletes the address that has `address`'s local address and, where given, its peer, prefix length and
/// label.
struct DeleteAddress {
    topology::InterfaceAddress address;
    bool any_length = false;  ///< whatever its peer and prefix length are

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(DeleteAddress const&) const = default;
};

struct PutAddress {
    topology::InterfaceAddress address;
    PutMode mode = PutMode::add;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    /// Only what was added can be taken back: what a change replaced is not known.
    [[nodiscard]] std::optional<DeleteAddress> inverse() const;
    bool operator==(PutAddress const&) const = default;
};

/// What reading words needs beside them, and what it tells beside their meaning.
struct AddressContext {
    std::optional<Family> family;       ///< the only one that is accepted
    topology::Names* names = nullptr;   ///< of scopes
    std::vector<std::string> warnings;  ///< for stderr, even where an error follows
};

/// The words behind `address add`, `change`, `replace`.
[[nodiscard]] Result<PutAddress> parse_address_put(WordReader& words, PutMode mode, AddressContext& context);
/// The words behind `address delete`.
[[nodiscard]] Result<DeleteAddress> parse_address_delete(WordReader& words, AddressContext& context);

/// What iproute2 refuses itself once it knows the link: lifetimes that cannot be, and autojoin of what is no
/// group.
[[nodiscard]] Result<> check(topology::InterfaceAddress const& address);

/// What `ip address help` prints.
[[nodiscard]] std::string_view address_usage();

/// A flag of an address by its word.
struct AddressFlag {
    std::string_view name;
    std::uint32_t mask;  ///< IFA_F_…
    bool read_only;      ///< the kernel sets it
    bool ipv6_only;      ///< of no meaning to IPv4 addresses
};

/// In the order in which they are shown; a mask may have two names.
[[nodiscard]] std::span<AddressFlag const> address_flags();
[[nodiscard]] AddressFlag const* find_address_flag(std::string_view name);

}  // namespace vethwork::plan
