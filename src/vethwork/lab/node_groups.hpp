// The control groups of a lab's nodes: one or some for each node that has limits, named "vethwork-LAB.NODE".
#pragma once

#include <map>
#include <string>
#include <vector>

#include <vethwork/lab/groups.hpp>
#include <vethwork/lab/lab.hpp>

namespace vethwork::lab {

/// Those of one lab while it is brought up or changed.
class NodeGroups {
public:
    /// Looks where groups can be made. From where this process was started: a lab's space has a /proc that
    /// does not know it.
    void look() { tree_ = GroupTree::of_this_process(); }

    /// Names those that the limits of `wanted` take, in its gear and in its record, where those of `there`
    /// stay until they are forgotten. The limits that cannot be set: "a: memory, pids".
    [[nodiscard]] std::vector<std::string> name(Wanted& wanted, std::vector<std::string> there);
    /// Makes those that were named last, or sets their limits.
    [[nodiscard]] Result<> make() const;
    /// Removes, also from the record, those that nobody wants; where somebody is in one still, `down` does.
    void forget(Wanted& wanted) const;
    /// After a change that was given up: removes what `wanted` has more than `there`, and sets the limits of
    /// `before` again, where that is known. Whether nothing else is left.
    [[nodiscard]] bool put_back(Wanted const& wanted, std::vector<std::string> const& there,
                                std::optional<Wanted>& before);

private:
    GroupTree tree_;
    std::map<std::string, Groups> groups_;  ///< by node
};

}  // namespace vethwork::lab
