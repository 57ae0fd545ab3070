// Sysctls and nft rulesets of the present network namespace.
#pragma once

#include <string>
#include <string_view>

#include <vethwork/base/result.hpp>

namespace vethwork::apply {

/// Writes /proc/sys/…; the error says whether there is no such name or the value is refused.
[[nodiscard]] Result<> set_sysctl(std::string const& name, std::string_view value);
[[nodiscard]] Result<std::string> get_sysctl(std::string const& name);

/// Loads nft text through libnftables (opened when first needed). The error carries its text.
[[nodiscard]] Result<> load_ruleset(std::string const& text);
/// The present ruleset as nft text.
[[nodiscard]] Result<std::string> list_ruleset();

}  // namespace vethwork::apply
