// How a request says whether the object may be there already. Source: netlink(7).
#pragma once

#include <linux/netlink.h>

#include <vethwork/plan/put_mode.hpp>

namespace vethwork::apply {

[[nodiscard]] constexpr std::uint16_t put_flags(plan::PutMode mode) {
    switch (mode) {
        case plan::PutMode::add:
            return NLM_F_CREATE | NLM_F_EXCL;
        case plan::PutMode::change:
            return NLM_F_REPLACE;
        case plan::PutMode::replace:
            return NLM_F_CREATE | NLM_F_REPLACE;
    }
    return 0;
}

}  // namespace vethwork::apply
