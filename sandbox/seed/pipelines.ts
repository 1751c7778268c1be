import type { SandboxCatalogue, SandboxPipeline, SandboxStage } from '../crm/catalogue';

function stage(
  id: string,
  label: string,
  displayOrder: number,
  isClosed: boolean,
  probability: string | null,
): SandboxStage {
  return { id, label, displayOrder, isClosed, probability };
}

const SALES_PIPELINE: SandboxPipeline = {
  id: 'default',
  label: 'Sales Pipeline',
  displayOrder: 0,
  stages: [
    stage('appointmentscheduled', 'Appointment Scheduled', 0, false, '0.2'),
    stage('qualifiedtobuy', 'Qualified To Buy', 1, false, '0.4'),
    stage('presentationscheduled', 'Presentation Scheduled', 2, false, '0.6'),
    stage('decisionmakerboughtin', 'Decision Maker Bought-In', 3, false, '0.8'),
    stage('contractsent', 'Contract Sent', 4, false, '0.9'),
    stage('closedwon', 'Closed Won', 5, true, '1.0'),
    stage('closedlost', 'Closed Lost', 6, true, '0.0'),
  ],
};

const SUPPORT_PIPELINE: SandboxPipeline = {
  id: '0',
  label: 'Support Pipeline',
  displayOrder: 0,
  stages: [
    stage('1', 'New', 0, false, null),
    stage('2', 'Waiting on contact', 1, false, null),
    stage('3', 'Waiting on us', 2, false, null),
    stage('4', 'Closed', 3, true, null),
  ],
};

/** The pipelines that every new account has. */
export function addDefaultPipelines(catalogue: SandboxCatalogue, portalId: number): void {
  catalogue.savePipeline(portalId, '0-3', SALES_PIPELINE);
  catalogue.savePipeline(portalId, '0-5', SUPPORT_PIPELINE);
}
