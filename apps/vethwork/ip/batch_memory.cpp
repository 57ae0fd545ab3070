#include "ip/batch_memory.hpp"

#include <vethwork/plan/undo.hpp>

namespace vethwork::app {

namespace {

constexpr std::size_t longest_memory = 8;  // of what stands; scripts take away soon what they take away

bool is_making(plan::Operation const& operation) {
    return std::holds_alternative<plan::PutAddress>(operation) ||
           std::holds_alternative<plan::PutRoute>(operation);
}

bool is_taking(plan::Operation const& operation) {
    return std::holds_alternative<plan::DeleteAddress>(operation) ||
           std::holds_alternative<plan::DeleteRoute>(operation);
}

}  // namespace

std::optional<plan::Operation> BatchMemory::inverse(plan::Operation const& operation) const {
    if (is_taking(operation)) {
        // What waits behind others may fail, and a deletion then meets something else than what this batch
        // made.
        if (makings_wait_ || takings_ >= standing_.size()) return {};
        auto const& making = standing_[standing_.size() - 1 - takings_];
        return plan::takes_back(operation, making) ? std::optional(making) : std::nullopt;
    }
    if (mtus_.empty() || !plan::changes_only_mtu(operation)) return {};
    auto back = std::get<plan::ChangeLink>(operation);
    auto const known = mtus_.find(back.changes.name);
    if (known == mtus_.end()) return {};
    back.changes.mtu = known->second;
    return back;
}

void BatchMemory::expect(plan::Operation const& operation, bool has_inverse) {
    if (is_making(operation)) makings_wait_ = true;
    if (is_taking(operation) && has_inverse) ++takings_;
    if (!plan::changes_only_mtu(operation)) return;
    auto const& changes = std::get<plan::ChangeLink>(operation).changes;
    mtus_[changes.name] = *changes.mtu;
}

void BatchMemory::learn(plan::Operation& operation) {
    if (is_making(operation) && plan::has_inverse(operation)) {
        if (standing_.size() == longest_memory) standing_.erase(standing_.begin());
        standing_.push_back(std::move(operation));
    } else if (is_taking(operation) && !standing_.empty() && plan::takes_back(operation, standing_.back())) {
        standing_.pop_back();
    } else if (is_taking(operation) || is_making(operation)) {
        standing_.clear();
    } else if (!plan::changes_only_mtu(operation) && !plan::has_inverse(operation)) {
        standing_.clear();
        mtus_.clear();
    }
}

void BatchMemory::settle(std::vector<plan::Operation>& operations) {
    for (auto& operation : operations) learn(operation);
    takings_ = 0;
    makings_wait_ = false;
}

}  // namespace vethwork::app
