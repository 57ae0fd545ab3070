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

BatchMemory::Sort BatchMemory::sort_of(plan::Operation const& operation) {
    if (is_making(operation)) return Sort::making;
    if (is_taking(operation)) return Sort::taking;
    return plan::changes_only_mtu(operation) ? Sort::only_mtu : Sort::other;
}

BatchMemory::Answer BatchMemory::ask(plan::Operation const& operation) const {
    auto const sort = sort_of(operation);
    return {sort, inverse(operation, sort)};
}

std::optional<plan::Operation> BatchMemory::inverse(plan::Operation const& operation, Sort sort) const {
    if (sort == Sort::taking) {
        // What waits behind others may fail, and a deletion then meets something else than what this batch
        // made.
        if (makings_wait_ || takings_ >= standing_.size()) return {};
        auto const& making = standing_[standing_.size() - 1 - takings_];
        return plan::takes_back(operation, making) ? std::optional(making) : std::nullopt;
    }
    if (mtus_.empty() || sort != Sort::only_mtu) return {};
    auto const known = mtus_.find(std::get<plan::ChangeLink>(operation).changes.name);
    if (known == mtus_.end()) return {};
    auto back = std::get<plan::ChangeLink>(operation);
    back.changes.mtu = known->second;
    return back;
}

void BatchMemory::expect(plan::Operation const& operation, Answer const& answer) {
    waiting_.push_back(answer.sort);
    if (answer.sort == Sort::making) makings_wait_ = true;
    if (answer.sort == Sort::taking && answer.inverse) ++takings_;
    if (answer.sort != Sort::only_mtu) return;
    auto const& changes = std::get<plan::ChangeLink>(operation).changes;
    mtus_[changes.name] = *changes.mtu;
}

void BatchMemory::learn(plan::Operation& operation, Sort sort) {
    if (sort == Sort::making && plan::has_inverse(operation)) {
        if (standing_.size() == longest_memory) standing_.erase(standing_.begin());
        standing_.push_back(std::move(operation));
    } else if (sort == Sort::taking && !standing_.empty() && plan::takes_back(operation, standing_.back())) {
        standing_.pop_back();
    } else if (sort == Sort::taking || sort == Sort::making) {
        standing_.clear();
    } else if (sort == Sort::other && !plan::has_inverse(operation)) {
        standing_.clear();
        mtus_.clear();
    }
}

void BatchMemory::settle(std::vector<plan::Operation>& operations) {
    for (std::size_t i = 0; i < operations.size(); ++i) learn(operations[i], waiting_[i]);
    waiting_.clear();
    takings_ = 0;
    makings_wait_ = false;
}

}  // namespace vethwork::app
