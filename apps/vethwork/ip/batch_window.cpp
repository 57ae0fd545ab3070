#include "ip/batch_window.hpp"

#include <utility>

#include <vethwork/plan/undo.hpp>

namespace vethwork::app {

namespace {

/// A link whose name the kernel completes, or that comes to be elsewhere, cannot be found again by its name.
bool can_be_found_again(plan::Operation const& operation) {
    auto const* const add = std::get_if<plan::AddLink>(&operation);
    if (!add) return true;
    return !add->link.name.empty() && add->link.name.find('%') == std::string::npos && !add->link.netns;
}

}  // namespace

BatchWindow::BatchWindow(AfterError after_error, std::function<void(Error const&, int line)> complain)
    : after_error_(after_error), complain_(std::move(complain)) {
    operations_.reserve(most);
    lines_.reserve(most);
}

bool BatchWindow::takes(plan::Operation const& operation) {
    if (after_error_ == AfterError::go_on) return true;
    offered_ = memory_.ask(operation);
    return offered_->inverse || (can_be_found_again(operation) && plan::has_inverse(operation));
}

void BatchWindow::add(plan::Operation operation, int line) {
    if (after_error_ == AfterError::stop) {
        if (!offered_) offered_ = memory_.ask(operation);
        memory_.expect(operation, *offered_);
        inverses_.push_back(std::exchange(offered_, std::nullopt)->inverse);
    }
    operations_.push_back(std::move(operation));
    lines_.push_back(line);
}

void BatchWindow::take_back(apply::Kernel& kernel, std::size_t failed, std::span<Result<> const> outcomes) {
    std::vector<plan::Operation> inverses;
    for (std::size_t i = operations_.size(); i-- > failed + 1;) {
        if (!outcomes[i]) continue;
        auto inverse = inverses_[i] ? std::move(inverses_[i]) : plan::inverse_of(operations_[i]);
        if (inverse) inverses.push_back(*std::move(inverse));
    }
    (void)kernel.perform_all(inverses);
}

bool BatchWindow::drain(apply::Kernel& kernel) {
    auto const outcomes = kernel.perform_all(operations_);
    bool const may_go_on = judge(kernel, outcomes);
    if (may_go_on && after_error_ == AfterError::stop) memory_.settle(operations_);
    operations_.clear();
    lines_.clear();
    inverses_.clear();
    offered_.reset();
    return may_go_on;
}

bool BatchWindow::judge(apply::Kernel& kernel, std::span<Result<> const> outcomes) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i]) continue;
        failed_ = true;
        if (after_error_ == AfterError::stop) take_back(kernel, i, outcomes);
        complain_(outcomes[i].error(), lines_[i]);
        if (after_error_ == AfterError::stop) return false;
    }
    return true;
}

}  // namespace vethwork::app
