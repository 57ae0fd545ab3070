// nft text through libnftables, which is opened when it is first needed: the rules of the present network
// namespace. Source: libnftables(3).
#pragma once

#include <cstdint>
#include <string>

#include <vethwork/base/result.hpp>

namespace vethwork::netlink {

enum class NftOutput : std::uint8_t {
    plain,
    handles,  ///< with "# handle 7" behind what has one
};

/// Runs nft text and gives what nft would print. The error carries its text; one of lookup where libnftables
/// is not installed.
[[nodiscard]] Result<std::string> run_nft(std::string const& text, NftOutput output);

}  // namespace vethwork::netlink
