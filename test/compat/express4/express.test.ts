import express from 'express';
import { version } from 'express/package.json';
import { describeExpress } from '../../http/express-cases.js';

describeExpress(version, express, __dirname);
