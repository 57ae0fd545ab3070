// Sysctls and nft rulesets of the present network namespace.
#pragma once

#include <string>
#include <string_view>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::apply {

/// Writes /proc/sys/…; the error says whether there is no such name or the value is refused.
[[nodiscard]] Result<> set_sysctl(std::string const& name, std::string_view value);
[[nodiscard]] Result<std::string> get_sysctl(std::string const& name);

/// Sysctls of many namespaces, one after the other. Each look into /proc costs more the more namespaces have
/// been seen through one mount of it; so this looks through mounts of its own, which nobody else sees, and
/// takes a fresh one now and then. Where such a mount is refused (no CAP_SYS_ADMIN over the process
/// namespace), through /proc.
class Sysctls {
public:
    /// In the present network namespace. Errors as of set_sysctl().
    [[nodiscard]] Result<> set(std::string const& name, std::string_view value);

private:
    void renew();

    Fd proc_;  ///< not open: /proc
    int uses_ = 0;
};

/// Loads nft text through libnftables (opened when first needed). The error carries its text.
[[nodiscard]] Result<> load_ruleset(std::string const& text);
/// The present ruleset as nft text, but for what counters have counted.
[[nodiscard]] Result<std::string> list_rules();
/// The present ruleset as nft text.
[[nodiscard]] Result<std::string> list_ruleset();

}  // namespace vethwork::apply
