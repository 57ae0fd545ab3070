#include <vethwork/lab/node_groups.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <vethwork/base/text.hpp>

namespace vethwork::lab {

namespace {

std::map<std::string, Groups> groups_of(GroupTree const& tree, std::map<std::string, NodeGear> const& gear,
                                        std::string const& prefix) {
    std::map<std::string, Groups> groups;
    for (auto const& [node, one] : gear) groups[node] = plan_groups(tree, prefix + node, one.limits);
    return groups;
}

std::vector<std::string> out_of_reach(std::map<std::string, Groups> const& groups) {
    std::vector<std::string> list;
    for (auto const& [node, one] : groups)
        if (!one.lacking.empty()) list.push_back(node + ": " + join(one.lacking, ", "));
    return list;
}

bool has(std::vector<std::string> const& list, std::string const& one) {
    return std::ranges::find(list, one) != list.end();
}

}  // namespace

std::vector<std::string> limits_out_of_reach(std::map<std::string, NodeGear> const& gear) {
    if (gear.empty()) return {};
    return out_of_reach(groups_of(GroupTree::of_this_process(), gear, {}));
}

std::vector<std::string> NodeGroups::name(Wanted& wanted, std::vector<std::string> there) {
    auto& record = wanted.record;
    std::string const first = record.footing == Footing::root ? "vethwork-" : "vethwork_";
    groups_ = groups_of(tree_, wanted.gear, first + record.name + ".");
    record.groups = std::move(there);
    for (auto& [node, gear] : wanted.gear) {
        gear.groups = groups_[node].folders();
        for (auto const& folder : gear.groups)
            if (!has(record.groups, folder)) record.groups.push_back(folder);
    }
    return out_of_reach(groups_);
}

Result<> NodeGroups::make() const {
    for (auto const& [node, groups] : groups_) TRY(make_groups(groups));
    return {};
}

void NodeGroups::forget(Wanted& wanted) const {
    std::erase_if(wanted.record.groups, [&wanted](std::string const& folder) {
        bool const stays = std::ranges::any_of(
            wanted.gear, [&folder](auto const& gear) { return has(gear.second.groups, folder); });
        return !stays && (::rmdir(folder.c_str()) == 0 || errno == ENOENT);
    });
}

bool NodeGroups::put_back(Wanted const& wanted, std::vector<std::string> const& there,
                          std::optional<Wanted>& before) {
    std::vector<std::string> more;
    for (auto const& folder : wanted.record.groups)
        if (!has(there, folder)) more.push_back(folder);
    bool const clean = remove_groups(more).ok();
    if (!before) return clean;
    (void)name(*before, there);  // what could not be set then cannot be now
    return make().ok() && clean;
}

}  // namespace vethwork::lab
