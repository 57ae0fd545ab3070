// Making and deleting persistent TUN and TAP devices. Source: ip-tuntap(8), <linux/if_tun.h>.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <vethwork/plan/words.hpp>

namespace vethwork::plan {

/// A device as wanted. `flags` are IFF_TUN or IFF_TAP with IFF_NO_PI, IFF_ONE_QUEUE, IFF_VNET_HDR,
/// IFF_MULTI_QUEUE.
struct TunTap {
    std::string name;  ///< empty: the kernel chooses
    std::uint16_t flags = 0;
    std::optional<std::uint32_t> owner, group;

    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(TunTap const&) const = default;
};

struct DeleteTunTap {
    TunTap device;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    bool operator==(DeleteTunTap const&) const = default;
};

struct AddTunTap {
    TunTap device;

    [[nodiscard]] std::string describe() const;
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] DeleteTunTap inverse() const { return {device}; }
    bool operator==(AddTunTap const&) const = default;
};

/// Numbers of people by name; nothing where there is nobody of that name.
struct People {
    std::function<std::optional<std::uint32_t>(std::string const&)> user, group;
};

/// The words behind `tuntap add` and `tuntap delete`.
[[nodiscard]] Result<AddTunTap> parse_tuntap_add(WordReader& words, People const& people);
[[nodiscard]] Result<DeleteTunTap> parse_tuntap_delete(WordReader& words);
/// What `ip tuntap help` prints.
[[nodiscard]] std::string tuntap_usage();

}  // namespace vethwork::plan
