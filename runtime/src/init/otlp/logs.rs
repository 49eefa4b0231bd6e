//! Sends log records over OTLP.

use std::future::{Future, ready};

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::logs::tonic::group_logs_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::logs::{self, LogBatch};
use prost::Message;

use super::super::error::InitError;
use super::super::signal::Signal;
use super::collector::Collector;
use super::settings::Given;
use crate::sdk::Lost;

/// Sends log records to a collector.
#[derive(Debug)]
pub(in super::super) struct LogExporter {
    collector: Collector,
    resource: ResourceAttributesWithSchema,
}

impl LogExporter {
    pub(in super::super) fn new(given: &Given) -> Result<LogExporter, InitError> {
        Ok(LogExporter {
            collector: Collector::new(Signal::Logs, given)?,
            resource: ResourceAttributesWithSchema::default(),
        })
    }
}

impl logs::LogExporter for LogExporter {
    fn export(&self, records: LogBatch<'_>) -> impl Future<Output = OTelSdkResult> + Send {
        let request = ExportLogsServiceRequest {
            resource_logs: group_logs_by_resource_and_scope(&records, &self.resource),
        };
        let message = request.encode_to_vec().into();
        let sent = self.collector.send(message, records.iter().count());
        let failed = |lost: Lost| OTelSdkError::InternalFailure(lost.reason());
        ready(sent.map(drop).map_err(failed))
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.into();
    }
}
