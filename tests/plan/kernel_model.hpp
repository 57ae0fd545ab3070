// A kernel of values: what operations do to a network, with the refusals and the side effects of the real one
// that matter to the order of a plan. The real one is asked by the kernel tests.
#pragma once

#include <string>
#include <vector>

#include <vethwork/plan/lab_plan.hpp>
#include <vethwork/topology/state.hpp>

namespace vethwork::plan {

class KernelModel {
public:
    explicit KernelModel(topology::NetworkState state = {}) : state_(std::move(state)) {}

    /// Why the operation is refused; empty: it is done.
    [[nodiscard]] std::string perform(Step const& step);
    /// The first refusal, with the step, of the first `count` steps.
    [[nodiscard]] std::string perform(Plan const& plan, std::size_t count = SIZE_MAX);

    [[nodiscard]] topology::NetworkState const& state() const { return state_; }
    /// A line for each thing, in an order of their own: what two networks differ in.
    [[nodiscard]] std::vector<std::string> lines() const;

private:
    using Netns = topology::NamespaceState;

    std::string apply(std::string const& netns, AddNamespace const& op);
    std::string apply(std::string const& netns, DeleteNamespace const& op);
    std::string apply(std::string const& netns, AddLink const& op);
    [[nodiscard]] bool has_carrier(topology::Link const& link);
    std::string apply(std::string const& netns, ChangeLink const& op);
    std::string apply(std::string const& netns, DeleteLink const& op);
    std::string apply(std::string const& netns, AddTunTap const& op);
    std::string apply(std::string const& netns, PutAddress const& op);
    std::string apply(std::string const& netns, DeleteAddress const& op);
    std::string apply(std::string const& netns, PutRoute const& op);
    std::string apply(std::string const& netns, DeleteRoute const& op);
    std::string apply(std::string const& netns, PutRule const& op);
    std::string apply(std::string const& netns, DeleteRule const& op);
    std::string apply(std::string const& netns, PutBridgeVlan const& op);
    std::string apply(std::string const& netns, DeleteBridgeVlan const& op);
    std::string apply(std::string const& netns, SetOffload const& op);
    std::string apply(std::string const& netns, AddQdisc const& op);
    std::string apply(std::string const& netns, ChangeQdisc const& op);
    std::string apply(std::string const& netns, DeleteQdisc const& op);
    std::string apply(std::string const& netns, SetSysctl const& op);
    std::string apply(std::string const& netns, LoadRuleset const& op);
    template <class Other>
    std::string apply(std::string const& netns, Other const& op) {
        return "the model knows no such operation in " + netns + op.describe();
    }

    [[nodiscard]] Netns* find(std::string const& netns);
    [[nodiscard]] topology::Link* find(std::string const& netns, std::string const& link);
    std::string add(std::string const& netns, topology::Link link);
    void remove(std::string const& netns, std::string const& link);
    std::string put_under(Netns& netns, topology::Link& port, topology::LinkRef const& master);
    std::string put_up(Netns& netns, topology::Link& link);
    static void take_routes_along(Netns& netns, std::string const& link);
    void put_down(Netns& netns, topology::Link& link);
    [[nodiscard]] std::string refusal_of_hop(Netns& netns, std::string const& link,
                                             std::optional<IpAddress> const& via);

    topology::NetworkState state_;
};

}  // namespace vethwork::plan
