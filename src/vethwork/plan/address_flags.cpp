#include <linux/if_addr.h>

#include <algorithm>

#include <vethwork/plan/address_operation.hpp>

namespace vethwork::plan {

namespace {

constexpr AddressFlag flags[] = {
    {"secondary", IFA_F_SECONDARY, true, false},
    {"temporary", IFA_F_TEMPORARY, true, false},
    {"nodad", IFA_F_NODAD, false, true},
    {"optimistic", IFA_F_OPTIMISTIC, false, true},
    {"dadfailed", IFA_F_DADFAILED, true, true},
    {"home", IFA_F_HOMEADDRESS, false, true},
    {"deprecated", IFA_F_DEPRECATED, true, true},
    {"tentative", IFA_F_TENTATIVE, true, true},
    {"permanent", IFA_F_PERMANENT, true, true},
    {"mngtmpaddr", IFA_F_MANAGETEMPADDR, false, true},
    {"noprefixroute", IFA_F_NOPREFIXROUTE, false, false},
    {"autojoin", IFA_F_MCAUTOJOIN, false, false},
    {"stable-privacy", IFA_F_STABLE_PRIVACY, true, true},
};

}  // namespace

std::span<AddressFlag const> address_flags() { return flags; }

AddressFlag const* find_address_flag(std::string_view name) {
    auto const* const found = std::ranges::find(flags, name, &AddressFlag::name);
    return found == std::end(flags) ? nullptr : found;
}

}  // namespace vethwork::plan
