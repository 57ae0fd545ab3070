// How an object is put where one like it may be already. Source: NLM_F_… of netlink(7).
#pragma once

#include <cstdint>
#include <string_view>

namespace vethwork::plan {

enum class PutMode : std::uint8_t {
    add,      ///< there must be none yet
    change,   ///< there must be one
    replace,  ///< whether there is one or not
};

/// "add", "change", "replace": iproute2's word.
[[nodiscard]] constexpr std::string_view put_word(PutMode mode) {
    switch (mode) {
        case PutMode::add:
            return "add";
        case PutMode::change:
            return "change";
        case PutMode::replace:
            return "replace";
    }
    return {};
}

}  // namespace vethwork::plan
