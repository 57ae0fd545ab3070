// The faults of a test, set in a running lab and undone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/context.hpp"
#include "lab/helper.hpp"

namespace vethwork::app {

class Faults {
public:
    /// Of a lab that is up, by its record; `options` as it was brought up with.
    Faults(LoadedLab const& loaded, lab::Record const& record, LabOptions const& options);

    /// Why none may be set: undoing them is making the lab as its file says, so it must be that before.
    [[nodiscard]] Result<std::optional<std::string>> why_not() const;
    /// Sets one more. Errors: a fault of limit where this machine cannot; what the kernel or a script said.
    [[nodiscard]] Result<> set(topology::LabFault const& fault);
    /// Makes the network and the services as the file says, whatever signals come. An error where somebody
    /// else has brought the lab up or down meanwhile: then nothing is done.
    [[nodiscard]] Result<> undo() const;

private:
    [[nodiscard]] Result<> strike_links(topology::LabFault const& fault);
    [[nodiscard]] Result<> run(topology::LabFault const& fault) const;
    [[nodiscard]] Result<> kill(topology::LabFault const& fault) const;
    [[nodiscard]] std::optional<lab::ServiceStatus> status_of(std::string const& service) const;
    [[nodiscard]] std::string const& node_of(topology::LabFault const& fault) const {
        return loaded_.lab.nodes[fault.node].name;
    }

    LoadedLab const& loaded_;
    lab::Record const& record_;
    LabOptions const& options_;
    Helper helper_;
    std::vector<topology::LabFault> set_;  ///< of links
};

/// How many ends of links the file impairs and this kernel does not, since it has no netem.
[[nodiscard]] std::size_t links_not_impaired(LoadedLab const& loaded, LabOptions const& options);

}  // namespace vethwork::app
