// What is wrong with nft text, and where: what libnftables says of it. Source: nft(8), libnftables(3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <vethwork/base/result.hpp>

namespace vethwork::netlink {

struct NftTrouble {
    std::uint32_t line = 0, column = 0;  ///< from 1, columns in bytes; line 0: nowhere
    std::uint32_t width = 1;             ///< bytes
    std::string message;                 ///< "syntax error, unexpected newline"

    bool operator==(NftTrouble const&) const = default;
};

/// Reads what libnftables writes about the text of file `name`: "NAME:3:5-9: Error: …", each followed by the
/// line and a caret. What is wrong in an included file is told at the line that includes it; what most
/// likely follows from an error before it is left out.
[[nodiscard]] std::vector<NftTrouble> read_nft_troubles(std::string_view said, std::string_view name);

/// Loads nft text into the present network namespace, and tells what is wrong with it; nothing where it was
/// taken. Errors: of lookup where libnftables is not installed. Where /proc is not
/// this process's own, a file in /tmp holds the text meanwhile.
[[nodiscard]] Result<std::vector<NftTrouble>> try_nft(std::string const& text);

}  // namespace vethwork::netlink
