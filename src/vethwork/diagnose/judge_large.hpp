// Small packets get through; whether large ones do too, and if not, who is to blame.
#pragma once

#include <vethwork/diagnose/both_ways.hpp>
#include <vethwork/diagnose/diagnosis.hpp>

namespace vethwork::diagnose {

/// Sends some where the configuration makes it doubtful; the verdict becomes "degraded" where they are lost.
void judge_bulk(Diagnosis& diagnosis, Sites& sites, Walks const& walks, Site& start);

}  // namespace vethwork::diagnose
