// Which line of its topology file a lab's fault comes from.
#pragma once

#include <vethwork/diagnose/diagnosis.hpp>
#include <vethwork/diagnose/site.hpp>
#include <vethwork/lab/directory.hpp>

namespace vethwork::app {

/// Notes in the diagnosis which line of the file, as `up` read it, has to do with its cause; nothing where
/// there is none. `prefix` goes before the names of the lab's nodes.
void quote_file(diagnose::Sites& sites, lab::Record const& record, std::string const& prefix,
                diagnose::Diagnosis& diagnosis);

}  // namespace vethwork::app
