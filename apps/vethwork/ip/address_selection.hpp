// Which addresses `ip address show`, `flush` and `save` are about.
#pragma once

#include <optional>
#include <string>

#include <vethwork/base/ip.hpp>
#include <vethwork/topology/interface_address.hpp>
#include <vethwork/topology/link.hpp>

#include "ip/session.hpp"

namespace vethwork::app {

struct AddressSelection {
    bool link_level = false;  ///< -0: links without their addresses
    std::optional<Family> family;
    std::optional<IpPrefix> prefix;  ///< that holds the local address
    std::optional<std::uint8_t> scope;
    std::optional<std::string> label;  ///< a pattern as of fnmatch(3)
    std::uint32_t flags = 0, flags_mask = 0;
    std::string device;
    std::uint32_t link_index = 0;
    bool up = false;
    std::optional<std::uint32_t> group;
    std::optional<topology::LinkRef> master;  ///< index ~0: of links that have none
    std::string kind, port_kind;
};

/// Reads the words behind the verb and finds the links they name.
[[nodiscard]] Result<AddressSelection> read_address_selection(Session& session, plan::WordReader& words);

/// The link named by the next word, for filters: the complaint is about the word.
[[nodiscard]] Result<topology::LinkRef> read_master(Session& session, plan::WordReader& words);
/// The same, where it must be a VRF.
[[nodiscard]] Result<topology::LinkRef> read_vrf(Session& session, plan::WordReader& words);

/// Whether an address is asked for, its link aside. `link_name` is what it is labelled where it has no label.
[[nodiscard]] bool is_wanted(topology::InterfaceAddress const& address, AddressSelection const& wanted,
                             std::string const& link_name);
[[nodiscard]] bool is_wanted(topology::Link const& link, AddressSelection const& wanted);

}  // namespace vethwork::app
