import express from 'express';
import { version } from 'express/package.json';
import { describeExpress, type ExpressModule } from './express-cases.js';

describeExpress(version, express as unknown as ExpressModule, __dirname);
