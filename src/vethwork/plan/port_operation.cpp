#include <vethwork/plan/port_operation.hpp>

#include <fmt/format.h>

namespace vethwork::plan {

std::string PutBridgeVlan::describe() const {
    return fmt::format("let port \"{}\" carry VLAN {}", vlan.link.name, vlan.id);
}
std::string DeleteBridgeVlan::describe() const {
    return fmt::format("take VLAN {} from port \"{}\"", vlan.id, vlan.link.name);
}
std::string SetOffload::describe() const {
    return fmt::format("switch offload of \"{}\" {}", link, on ? "on" : "off");
}

std::vector<std::string> PutBridgeVlan::words() const {
    std::vector<std::string> words{"vlan", "add", "dev", vlan.link.name, "vid", std::to_string(vlan.id)};
    if (vlan.pvid) words.emplace_back("pvid");
    if (vlan.untagged) words.emplace_back("untagged");
    return words;
}

std::vector<std::string> DeleteBridgeVlan::words() const {
    return {"vlan", "del", "dev", vlan.link.name, "vid", std::to_string(vlan.id)};
}

std::vector<std::string> SetOffload::words() const {
    std::vector<std::string> words{"-K", link};
    for (auto const* const feature : {"tx", "tso", "gso", "gro"})
        words.insert(words.end(), {feature, on ? "on" : "off"});
    return words;
}

}  // namespace vethwork::plan
