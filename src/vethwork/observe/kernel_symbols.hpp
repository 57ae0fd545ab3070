// Names of places in the kernel's code. Source: /proc/kallsyms, proc(5).
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include <vethwork/base/result.hpp>

namespace vethwork::observe {

/// The function that holds each address: "nft_do_chain". Reads the whole list once (some 50 ms), so ask for
/// all addresses together, and only when somebody will read the names. Where the kernel hides addresses
/// (kernel.kptr_restrict, no CAP_SYSLOG), the error says so.
[[nodiscard]] Result<std::map<std::uint64_t, std::string>> kernel_functions(
    std::span<std::uint64_t const> addresses);

/// The same, out of the text of such a list. Addresses before the first symbol are left out.
[[nodiscard]] std::map<std::uint64_t, std::string> functions_in(std::string_view symbols,
                                                                std::span<std::uint64_t const> addresses);

}  // namespace vethwork::observe
