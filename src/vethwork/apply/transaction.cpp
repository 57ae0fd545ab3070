#include <vethwork/apply/transaction.hpp>

#include <set>

namespace vethwork::apply {

namespace {

using plan::Step;

/// Steps in one namespace that follow each other go out together.
std::size_t end_of_group(std::vector<Step> const& steps, std::size_t begin) {
    std::size_t end = begin + 1;
    while (end < steps.size() && steps[end].netns == steps[begin].netns) ++end;
    return end;
}

class Transaction {
public:
    Transaction(plan::Plan const& plan, Network& network, std::string_view left_alone)
        : plan_(plan), network_(network), left_alone_(left_alone) {}

    std::optional<Failure> run(Progress const& progress) {
        auto const& steps = plan_.steps;
        for (std::size_t begin = 0; begin < steps.size();) {
            std::size_t const end = end_of_group(steps, begin);
            if (progress) progress(begin, steps[begin].phase);
            perform(begin, end);
            if (failed_) return Failure{steps[*failed_], error_, take_back()};
            begin = end;
        }
        return {};
    }

private:
    /// Makes and ends namespaces itself; leaves the rest to the network, in runs as long as can be.
    void perform(std::size_t begin, std::size_t end) {
        while (begin < end && !failed_) {
            auto const& step = plan_.steps[begin];
            if (std::holds_alternative<plan::AddNamespace>(step.operation)) {
                note(begin, network_.create(step.netns));
                if (!failed_) made_.insert(step.netns);
                ++begin;
            } else if (std::holds_alternative<plan::DeleteNamespace>(step.operation)) {
                note(begin, network_.remove(step.netns));
                ++begin;
            } else {
                std::size_t stop = begin;
                while (stop < end && !is_namespace_step(plan_.steps[stop])) ++stop;
                perform_inside(begin, stop);
                begin = stop;
            }
        }
    }

    static bool is_namespace_step(Step const& step) {
        return std::holds_alternative<plan::AddNamespace>(step.operation) ||
               std::holds_alternative<plan::DeleteNamespace>(step.operation);
    }

    void perform_inside(std::size_t begin, std::size_t end) {
        std::vector<Task> tasks(end - begin);
        for (std::size_t i = begin; i < end; ++i) tasks[i - begin].operation = &plan_.steps[i].operation;
        network_.perform(plan_.steps[begin].netns, tasks);
        for (std::size_t i = begin; i < end; ++i) note(i, std::move(tasks[i - begin].outcome));
    }

    void note(std::size_t place, Result<> outcome) {
        if (outcome.ok()) {
            done_.push_back(place);
        } else if (!failed_) {
            failed_ = place;
            error_ = std::move(outcome).error();
        }
    }

    std::vector<Error> take_back() {
        std::vector<Error> left;
        for (auto place = done_.rbegin(); place != done_.rend(); ++place) {
            auto const& step = plan_.steps[*place];
            bool const by_itself = std::holds_alternative<plan::AddNamespace>(step.operation);
            bool const goes_along = made_.contains(step.netns) && !reaches_out(step);
            if (goes_along || by_itself || step.netns == left_alone_) continue;
            if (auto trouble = take_back(step)) left.push_back(*std::move(trouble));
        }
        for (auto const& name : made_)
            if (auto removed = network_.remove(name); !removed) left.push_back(std::move(removed).error());
        return left;
    }

    /// A cable out of a namespace of the plan's own: the kernel ends that later, and the other end would be
    /// there until then.
    [[nodiscard]] bool reaches_out(Step const& step) const {
        auto const* const made = std::get_if<plan::AddLink>(&step.operation);
        auto const* const cable = made ? std::get_if<topology::Veth>(&made->link.kind) : nullptr;
        if (!cable || cable->peer.empty() || !cable->peer.front().netns) return false;
        auto const& there = cable->peer.front().netns->name;
        return !made_.contains(there) && there != left_alone_;
    }

    std::optional<Error> take_back(Step const& step) {
        auto const inverse = plan::inverse_of(step.operation);
        if (!inverse)
            return usage_error("\"" + plan::describe(step.operation) + "\" in " + step.netns +
                               " cannot be taken back");
        std::vector<Task> task(1);
        task[0].operation = &*inverse;
        network_.perform(step.netns, task);
        if (task[0].outcome) return {};
        return task[0].outcome.error();
    }

    plan::Plan const& plan_;
    Network& network_;
    std::string_view left_alone_;
    std::vector<std::size_t> done_;
    std::set<std::string> made_;
    std::optional<std::size_t> failed_;
    Error error_;
};

}  // namespace

std::optional<Failure> carry_out(plan::Plan const& plan, Network& network, Progress const& progress,
                                 std::string_view left_alone) {
    return Transaction(plan, network, left_alone).run(progress);
}

}  // namespace vethwork::apply
